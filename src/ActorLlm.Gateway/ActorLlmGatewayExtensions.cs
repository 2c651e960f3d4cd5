using ActorLlm.Gateway.Chat;
using ActorLlm.Gateway.Conversations;
using ActorLlm.Gateway.Embeddings;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Keys;
using ActorLlm.Gateway.Responses;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
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
    /// Adds what <see cref="MapActorLlm"/> needs besides <see cref="IConversations"/>, <see cref="IConversationRecords"/>, <see cref="IDirectCalls"/>,
    /// <see cref="IEmbeddings"/> and <see cref="IModels"/>. Options come from the configuration section <see cref="GatewayOptions.Section"/>, then from <paramref name="configure"/>; the host's start
    /// throws <see cref="OptionsValidationException"/> where one is out of its range, and where the server listens for other machines and there
    /// is neither a key in <see cref="GatewayOptions.ApiKeys"/> nor <see cref="GatewayOptions.AllowAnonymous"/>.
    /// </summary>
    public static IServiceCollection AddActorLlmGateway(this IServiceCollection services, Action<GatewayOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<WebhookHeader>();
        services.TryAddSingleton<ChatEndpoint>();
        services.TryAddSingleton<DirectChat>();
        services.TryAddSingleton<DirectPlaces>();
        services.TryAddSingleton<EmbeddingsEndpoint>();
        services.TryAddSingleton<ModelsEndpoint>();
        services.TryAddSingleton<ResponsesEndpoint>();
        services.TryAddSingleton<DirectResponses>();
        services.TryAddSingleton<ResponseReads>();
        services.TryAddSingleton<ConversationsEndpoint>();
        services.TryAddSingleton<ConversationItems>();
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
    /// Answers with an error in OpenAI's shape what no endpoint of the application takes: paths that nobody serves, and methods that a path does not have.
    /// <see cref="MapActorLlm"/> does so below <c>/v1</c> by itself; this is for an application that serves nothing but the API and a few paths of its own.
    /// </summary>
    public static IApplicationBuilder UseActorLlmErrors(this IApplicationBuilder app)
    {
        BareErrors.Use(app);
        return app;
    }

    /// <summary>
    /// Maps chat completions, responses, conversations, embeddings and models under <c>/v1</c>, and answers every other request there that the application does
    /// not map itself with an error in OpenAI's shape.
    /// </summary>
    /// <returns>The group of all endpoints, for authorization and other conventions.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddActorLlmGateway"/> was not called.</exception>
    public static IEndpointConventionBuilder MapActorLlm(this IEndpointRouteBuilder endpoints)
    {
        if (endpoints.ServiceProvider.GetService<GatewayOptionsSetup>() is null)
            throw new InvalidOperationException($"Call services.{nameof(AddActorLlmGateway)}() before {nameof(MapActorLlm)}().");
        var v1 = endpoints.MapGroup("/v1");
        Endpoints.Map(v1);
        return v1;
    }
}
