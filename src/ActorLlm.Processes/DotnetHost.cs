namespace ActorLlm.Processes;

/// <summary>The <c>dotnet</c> executable that child processes run on.</summary>
public static class DotnetHost
{
    /// <summary>The one that runs this process where that can be told, else the one on the PATH.</summary>
    public static string Path { get; } = Find();

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host && File.Exists(host))
            return host;
        var self = Environment.ProcessPath;
        return System.IO.Path.GetFileNameWithoutExtension(self) == "dotnet" ? self! : "dotnet";
    }
}
