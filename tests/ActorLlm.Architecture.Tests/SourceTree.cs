using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using ActorLlm.Processes;

namespace ActorLlm.Architecture.Tests;

/// <summary>The solution as it lies on the disk: projects, what they say they reference, and what was compiled from them.</summary>
internal static class SourceTree
{
    private static readonly string[] NotOurs = ["bin", "obj", ".git", "artifacts", "data", "node_modules", "TestResults"];

    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> SourceProjects =>
        Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    public static string ProjectFile(string project) => Path.Combine(Root, "src", project, project + ".csproj");

    /// <summary>Projects that are compiled against. One that is only built (ReferenceOutputAssembly=false) is left out.</summary>
    public static IReadOnlyList<string> ProjectReferences(string project) =>
        [.. XDocument.Load(ProjectFile(project)).Descendants("ProjectReference")
            .Where(reference => !string.Equals((string?)reference.Attribute("ReferenceOutputAssembly"), "false", StringComparison.OrdinalIgnoreCase))
            .Select(reference => Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include"))!.Replace('\\', '/')))];

    public static IReadOnlyList<string> PackageReferences(string project) =>
        [.. XDocument.Load(ProjectFile(project)).Descendants("PackageReference").Select(reference => ((string?)reference.Attribute("Include"))!)];

    /// <summary>The assemblies whose types the project's own code uses, as the compiler wrote them down.</summary>
    public static IReadOnlyList<string> AssemblyReferences(string project)
    {
        var name = (string?)XDocument.Load(ProjectFile(project)).Descendants("AssemblyName").FirstOrDefault() ?? project;
        var path = Path.Combine(Path.GetDirectoryName(ProductAssembly.Find(project))!, name + ".dll");
        using var file = File.OpenRead(path);
        using var image = new PEReader(file);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    /// <summary>Whether the assembly is part of .NET's base class library, and so of no package and no web framework.</summary>
    public static bool IsBaseClassLibrary(string assembly) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, assembly + ".dll"));

    /// <summary>All files that are written by hand, relative to the root, with forward slashes.</summary>
    public static IEnumerable<string> Files(params string[] folders) =>
        (folders.Length == 0 ? [Root] : folders.Select(folder => Path.Combine(Root, folder))).SelectMany(Walk)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder)
            .Where(inner => !NotOurs.Contains(Path.GetFileName(inner)))
            .SelectMany(Walk));

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "ActorLlm.sln")))
                return folder;
        }
        throw new InvalidOperationException($"No ActorLlm.sln above {AppContext.BaseDirectory}.");
    }
}
