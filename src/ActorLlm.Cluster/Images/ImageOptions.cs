namespace ActorLlm.Cluster.Images;

/// <summary>Images at addresses: the configuration section <c>ActorLlm:Images</c>, the same on every node.</summary>
public sealed class ImageOptions
{
    /// <summary>
    /// The hosts that images may be at: names, <c>*.name</c> for all below one, each with <c>:port</c> where it is not the scheme's own. With any, images at other
    /// hosts are refused, whoever would read them. Empty, the default: addresses are handed on to backends that read them themselves, and this product reads none.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Most bytes of all images that a worker reads for one call: 1024 to 67108864, default 8 MiB.</summary>
    public int MaxBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Longest time in which a worker reads the images of one call: 1 s to 5 min, default 20 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether images may be at an address, as far as this says.</summary>
    public bool Allows(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return AllowedHosts.Any(entry => Matches(entry, address));
    }

    /// <summary>What is wrong with these options, a line each that names the key, its value and what is allowed; empty when nothing is.</summary>
    public IEnumerable<string> Errors()
    {
        foreach (var entry in AllowedHosts.Where(entry => !IsHost(entry)))
            yield return $"ActorLlm:Images:AllowedHosts has '{entry}'; expected is the name of a host, such as images.example.com, *.example.com or images.example.com:8443.";
        if (MaxBytes is < 1024 or > 64 * 1024 * 1024) yield return $"ActorLlm:Images:MaxBytes is {MaxBytes}; allowed is 1024 to 67108864.";
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(5))
            yield return $"ActorLlm:Images:Timeout is {Timeout}; allowed is 00:00:01 to 00:05:00.";
    }

    private static bool Matches(string entry, Uri address)
    {
        var (name, port) = Split(entry);
        if (port is { } only ? only != address.Port : !address.IsDefaultPort) return false;
        var host = address.DnsSafeHost.TrimEnd('.');
        return name.StartsWith("*.", StringComparison.Ordinal)
            ? host.Length > name.Length - 1 && host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase)
            : host.Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsHost(string entry)
    {
        var (name, port) = Split(entry);
        var plain = name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name;
        return port is null or (> 0 and <= 65535) && Uri.CheckHostName(plain) == UriHostNameType.Dns;
    }

    private static (string Name, int? Port) Split(string entry)
    {
        var colon = entry.LastIndexOf(':');
        if (colon < 0) return (entry, null);
        return int.TryParse(entry.AsSpan(colon + 1), out var port) ? (entry[..colon], port) : (entry[..colon], 0);
    }
}
