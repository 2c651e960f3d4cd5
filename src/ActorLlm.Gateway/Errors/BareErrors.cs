using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ActorLlm.Gateway.Errors;

/// <summary>Gives a body in OpenAI's shape to what routing refuses with a status alone: a path that nobody serves, and a method that its path does not have.</summary>
internal static class BareErrors
{
    public static void Use(IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        await next(http);
        if (http.Response.HasStarted || http.Response.ContentType is not null || Error(http) is not { } error) return;
        Shell.Stamp(http);
        await ErrorResponse.WriteAsync(http, error);
    });

    private static ApiError? Error(HttpContext http) => http.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => Endpoints.UnknownPath(http),
        StatusCodes.Status405MethodNotAllowed => Endpoints.WrongMethod(http, http.Response.Headers[HeaderNames.Allow].ToString()),
        _ => null,
    };
}
