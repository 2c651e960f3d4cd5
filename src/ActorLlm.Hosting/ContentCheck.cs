using ActorLlm.Backends;
using ActorLlm.Cluster.Images;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Images;
using ActorLlm.Modules;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting;

/// <summary>What a turn's content must be for this cluster: its model is served, and takes what it is shown.</summary>
internal sealed class ContentCheck(BackendCatalog backends, ModuleCatalog modules, IModels models, IOptions<ActorLlmOptions> options)
{
    private const int ModelsShown = 10;

    /// <summary>Checks what a turn is to ask.</summary>
    /// <exception cref="TurnRejectedException">It is not what it must be.</exception>
    public void Turn(TurnContent content)
    {
        if (ContentRules.Error(content) is { } error) throw new TurnRejectedException(error.Code, error.Reason);
        Refuse(ModelError(content.Model) ?? ImagesError(content));
    }

    /// <summary>Checks what a direct call is to ask; whether there is a backend for it, the call itself says.</summary>
    /// <exception cref="TurnRejectedException">It is not what it must be.</exception>
    public void DirectCall(TurnContent content)
    {
        // No frame and no journal has to hold it: whoever took it in has bounded it.
        if (ContentRules.Error(content, maxBytes: long.MaxValue) is { } error) throw new TurnRejectedException(error.Code, error.Reason);
        Refuse(IsForModule(content) ? $"The module '{content.Model}' answers turns that are stored, and no others; leave out \"store\": false." : ImagesError(content));
    }

    private static void Refuse(string? reason)
    {
        if (reason is not null) throw new TurnRejectedException(RejectionCode.Invalid, reason);
    }

    private bool IsForModule(TurnContent content) => modules.TryGet(content.Model, out _);

    private string? ModelError(string model)
    {
        if (model.Length == 0 || models.Names.Contains(model, StringComparer.Ordinal)) return null;
        var more = models.Names.Count > ModelsShown ? $" and {models.Names.Count - ModelsShown} more" : "";
        return $"The model '{model}' does not exist: no backend and no module has this name. Known are {string.Join(", ", models.Names.Take(ModelsShown))}{more}.";
    }

    private string? ImagesError(TurnContent content)
    {
        if (content.Messages.All(message => message.Images.IsDefaultOrEmpty)) return null;
        var images = options.Value.Images;
        Uri[] addresses = [.. content.Messages.SelectMany(message => message.Images.AsSpan().ToArray()).Select(image => ImageRules.AddressOf(image.Url)).OfType<Uri>()];
        if (images.AllowedHosts.Count > 0 && addresses.FirstOrDefault(address => !images.Allows(address)) is { } refused) return ImageFetcher.NotAllowed(refused);
        // What a module does with an image is its own business.
        if (IsForModule(content)) return null;
        var name = content.Model.Length > 0 ? content.Model : backends.DefaultModel;
        if (backends.Models.FirstOrDefault(model => model.Id == name) is not { } asked) return null;
        if (!asked.TakesImages) return $"The model '{name}' takes no images: no backend that serves it does. Send text, or name a model that takes images.";
        return asked.ReadsImageUrls || addresses.Length == 0 || images.AllowedHosts.Count > 0 ? null : ImageFetcher.NotAllowed(addresses[0]);
    }
}
