using System.ClientModel;
using System.Collections.Concurrent;
using System.ComponentModel;
using ActorLlm.Clients.Tests.Clients;
using ActorLlm.Clients.Tests.Support;
using Microsoft.Extensions.AI;

namespace ActorLlm.Clients.Tests.Contracts;

/// <summary>
/// Tools, replies of a given form, images and embeddings, as every .NET client must be able to send and to read them; <c>npm/content.mjs</c> is the same
/// for the clients from npm. The simulator fills a form with the words of the message, 24 characters of each.
/// </summary>
public abstract class ContentContract : ClientContract
{
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private protected ContentContract(IClient client) : base(client)
    {
    }

    [Theory]
    [InlineData("tools", false)]
    [InlineData("tools-s", true)]
    public async Task Tools_are_called_and_what_they_say_is_answered(string check, bool streamed)
    {
        var used = new ConcurrentBag<string>();

        var ask = Ask(check, "[[reply call=weather,time]]");
        var text = await Client.UseToolsAsync(ask, Tools(used), streamed);

        Assert.Equal(["time", $"weather {Client.Name}-{check} hourly"], used.Order(StringComparer.Ordinal));
        Assert.StartsWith($"[simulator] You said: {Client.Name}-{check} ...", text, StringComparison.Ordinal);
        Assert.Equal(new ModelCalls(Started: 2, Completed: 2, Refused: 0, Early: 0), await CallsAsync(check));
        // The simulator's words depend on all that it is sent, the tools and their earlier calls included.
        Assert.Equal(await Client.UseToolsAsync(ask with { Node = Model }, Tools([]), streamed), text);
    }

    [Theory]
    [InlineData("form", false)]
    [InlineData("form-s", true)]
    public async Task A_reply_has_the_form_that_was_asked_for(string check, bool streamed)
    {
        var forecast = await Client.ShapedAsync(Ask(check), streamed);

        Assert.Equal(($"{Client.Name}-{check}", true), (forecast.City, forecast.Hourly));
        Assert.Equal([new Hour(0)], forecast.Hours);
    }

    [Fact]
    public async Task An_image_reaches_the_model_as_it_was_sent()
    {
        var shown = Ask("image") with { Image = Png };

        var reply = await Client.AskAsync(shown);
        // The simulator's words depend on all that it is sent.
        var direct = await Client.AskAsync(shown with { Node = Model });
        var unseen = await Client.AskAsync(shown with { Image = null });

        Assert.Equal(direct.Text, reply.Text);
        Assert.NotEqual(unseen.Text, reply.Text);
    }

    [Fact]
    public async Task Embeddings_are_those_of_the_model()
    {
        var ask = Ask("embeddings");
        string[] texts = [ask.Text, "b\u00fccher \ud83d\udcda"];

        var vectors = await Client.EmbedAsync(ask, texts);

        Assert.Equal([256, 256], vectors.Select(vector => vector.Length));
        Assert.Equal(await Client.EmbedAsync(ask with { Node = Model }, texts), vectors);
        Assert.NotEqual(vectors[0], vectors[1]);
        var unknown = await Assert.ThrowsAsync<ClientResultException>(() => Client.EmbedAsync(ask with { Model = "no-such-model" }, texts));
        Assert.Equal(404, unknown.Status);
        Assert.Contains("model_not_found", unknown.Message, StringComparison.Ordinal);
    }

    private static AIFunction[] Tools(ConcurrentBag<string> used)
    {
        return [AIFunctionFactory.Create(Weather, "weather"), AIFunctionFactory.Create(Time, "time")];

        [Description("The weather of a city")]
        string Weather(string city, bool hourly)
        {
            used.Add($"weather {city} {(hourly ? "hourly" : "daily")}");
            return "clear";
        }

        [Description("The time")]
        string Time()
        {
            used.Add("time");
            return "12:00";
        }
    }
}
