namespace ActorLlm.Processes;

/// <summary>Finds the executables of this product that are started as processes of their own.</summary>
public static class ProductAssembly
{
    private const string SolutionFile = "ActorLlm.sln";

    /// <summary>
    /// The .dll of a project: beside this program in a folder of its own (<c>node/ActorLlm.Node.dll</c>, where <c>dotnet publish</c>
    /// puts it), else in the build output of the source tree that this program was built in, same configuration.
    /// </summary>
    /// <param name="project">The project's name, for example <c>ActorLlm.Node</c>.</param>
    /// <returns>The path where it has to be; whether it is there is for the caller to check.</returns>
    public static string Find(string project)
    {
        ArgumentException.ThrowIfNullOrEmpty(project);
        var here = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var published = Path.Combine(here, FolderName(project), project + ".dll");
        if (File.Exists(published) || Solution(here) is not { } solution)
            return published;
        // The output folder ends in bin/<configuration>/<framework>.
        var framework = Path.GetFileName(here);
        var configuration = Path.GetFileName(Path.GetDirectoryName(here)!);
        return Path.Combine(solution, "src", project, "bin", configuration, framework, project + ".dll");
    }

    private static string FolderName(string project) => project[(project.LastIndexOf('.') + 1)..].ToLowerInvariant();

    private static string? Solution(string from)
    {
        for (var folder = from; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, SolutionFile)))
                return folder;
        }
        return null;
    }
}
