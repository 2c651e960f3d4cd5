using System.Runtime.InteropServices;

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
        if (System.IO.Path.GetFileNameWithoutExtension(self) == "dotnet") return self!;
        // An installed tool runs by a host of its own; the runtime that it found lies in shared/Microsoft.NETCore.App/VERSION beside dotnet.
        var beside = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        return File.Exists(beside) ? beside : "dotnet";
    }
}
