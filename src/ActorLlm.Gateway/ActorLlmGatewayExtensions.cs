using ActorLlm.Gateway.Chat;
using ActorLlm.Gateway.Embeddings;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Keys;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway;

/// <summary>Puts the OpenAI HTTP API in front of the cluster's conversations.</summary>
public static class ActorLlmGatewayExtensions
{
    /// <summary>
    /// Adds what <see cref="MapActorLlm"/> needs besides <see cref="IConversations"/>, <see cref="IDirectCalls"/>, <see cref="IEmbeddings"/> and <see cref="IModels"/>. Options come from
    /// the configuration section <see cref="GatewayOptions.Section"/>, then from <paramref name="configure"/>; the host's start
    /// throws <see cref="OptionsValidationException"/> where one is out of its range, and where the server listens for other machines and there
    /// is neither a key in <see cref="GatewayOptions.ApiKeys"/> nor <see cref="GatewayOptions.AllowAnonymous"/>.
    /// </summary>
    public static IServiceCollection AddActorLlmGateway(this IServiceCollection services, Action<GatewayOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ChatEndpoint>();
        services.TryAddSingleton<DirectChat>();
        services.TryAddSingleton<DirectPlaces>();
        services.TryAddSingleton<EmbeddingsEndpoint>();
        services.TryAddSingleton<ModelsEndpoint>();
        services.TryAddSingleton<Admission>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ExposureCheck>(
            provider => new ExposureCheck(provider.GetRequiredService<IOptions<GatewayOptions>>(), provider.GetService<IServer>())));
        services.TryAddSingleton(provider => new GatewayOptionsSetup(provider.GetService<IConfiguration>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<GatewayOptions>, GatewayOptionsSetup>(Setup));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<GatewayOptions>, GatewayOptionsSetup>(Setup));
        var options = services.AddOptions<GatewayOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        return services;

        static GatewayOptionsSetup Setup(IServiceProvider provider) => provider.GetRequiredService<GatewayOptionsSetup>();
    }

    /// <summary>
    /// Maps <c>POST /v1/chat/completions</c>, <c>POST /v1/embeddings</c>, <c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>, and answers every other request
    /// under <c>/v1</c> that the application does not map itself with an error in OpenAI's shape.
    /// </summary>
    /// <returns>The group of all endpoints, for authorization and other conventions.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddActorLlmGateway"/> was not called.</exception>
    public static IEndpointConventionBuilder MapActorLlm(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetService<GatewayOptionsSetup>() is null)
            throw new InvalidOperationException($"Call services.{nameof(AddActorLlmGateway)}() before {nameof(MapActorLlm)}().");
        var v1 = endpoints.MapGroup("/v1");
        MapOnly(v1, "POST", "/chat/completions", http => http.RequestServices.GetRequiredService<ChatEndpoint>().HandleAsync(http));
        MapOnly(v1, "POST", "/embeddings", http => http.RequestServices.GetRequiredService<EmbeddingsEndpoint>().HandleAsync(http));
        MapOnly(v1, "GET", "/models", http => http.RequestServices.GetRequiredService<ModelsEndpoint>().ListAsync(http));
        MapOnly(v1, "GET", "/models/{**id}", http => http.RequestServices.GetRequiredService<ModelsEndpoint>().GetAsync(http));
        v1.MapFallback("/{**path}", Shell.Wrap(UnknownPath));
        return v1;
    }

    // The second endpoint has no method and so takes what the first leaves; routing's own 405 would have an empty body.
    private static void MapOnly(RouteGroupBuilder group, string method, string pattern, Func<HttpContext, Task<ApiError?>> handler)
    {
        group.MapMethods(pattern, [method], Shell.Wrap(handler));
        group.Map(pattern, Shell.Wrap(http => WrongMethod(http, method)));
    }

    private static Task<ApiError?> WrongMethod(HttpContext http, string allowed) => Task.FromResult<ApiError?>(
        ApiError.Rejected(
            405, "method_not_allowed", $"{http.Request.Method} is not allowed on {Path(http)}; allowed is {allowed}.") with
        {
            Allow = allowed,
        });

    private static Task<ApiError?> UnknownPath(HttpContext http) => Task.FromResult<ApiError?>(
        ApiError.Rejected(404, "unknown_url", $"There is no {http.Request.Method} {Path(http)} here."));

    private static string Path(HttpContext http) => ApiError.Show($"{http.Request.PathBase}{http.Request.Path}");
}
