using System.Text.Json;
using ActorLlm.Gateway.Chat;
using ActorLlm.Gateway.Errors;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal sealed class ModelsEndpoint(IModels models)
{
    public async Task<ApiError?> ListAsync(HttpContext http)
    {
        await WriteAsync(http, models.Names, static (json, names) =>
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            foreach (var name in names) WriteModel(json, name);
            json.WriteEndArray();
            json.WriteEndObject();
        });
        return null;
    }

    public async Task<ApiError?> GetAsync(HttpContext http)
    {
        var asked = PathName.Read(http, "/models/", toTheEnd: true);
        if (!models.Names.Contains(asked, StringComparer.Ordinal)) return ChatRules.UnknownModel(asked, models.Names);
        await WriteAsync(http, asked, WriteModel);
        return null;
    }

    private static void WriteModel(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, name);
        json.WriteString("object"u8, "model"u8);
        // Clients require a number; when a backend's model was made is not known here.
        json.WriteNumber("created"u8, 0);
        json.WriteString("owned_by"u8, "actorllm"u8);
        json.WriteEndObject();
    }

    private static async Task WriteAsync<T>(HttpContext http, T value, Action<Utf8JsonWriter, T> write)
    {
        http.Response.ContentType = "application/json";
        using (var json = Json.Writer(http.Response.BodyWriter)) write(json, value);
        await http.Response.BodyWriter.FlushAsync();
    }
}
