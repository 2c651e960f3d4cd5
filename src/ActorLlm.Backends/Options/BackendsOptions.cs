namespace ActorLlm.Backends;

/// <summary>All backends of this process, as configuration gives them: by the alphabet of their names. The first model of the first one is the default.</summary>
public sealed class BackendsOptions
{
    /// <summary>The key that names another default model.</summary>
    public const string DefaultModelKey = "ActorLlm:DefaultModel";

    /// <summary>The backends.</summary>
    public IList<BackendOptions> Backends { get; } = [];

    /// <summary>The model of requests that name none; unset: the first model of the first backend.</summary>
    public string? DefaultModel { get; set; }

    /// <summary>One sentence for people: which backends are used, why, and how to change that.</summary>
    public string Summary { get; set; } = "";

    /// <summary>What could not be read from configuration, one message each; reported together with what is out of range.</summary>
    internal List<string> Problems { get; } = [];
}
