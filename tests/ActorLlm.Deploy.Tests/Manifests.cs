using k8s;

namespace ActorLlm.Deploy.Tests;

/// <summary>The files under <c>deploy/kubernetes</c>, read by the typed API of Kubernetes: a field that it does not have is an error.</summary>
internal static class Manifests
{
    public const string Folder = "deploy/kubernetes";

    private const string Kustomization = "kustomization.yaml";

    /// <summary>All manifests, relative to the folder.</summary>
    public static IEnumerable<string> Files => Under(Folder).Where(file => Path.GetFileName(file) != Kustomization);

    public static IEnumerable<string> Kustomizations => Under(Folder).Where(file => Path.GetFileName(file) == Kustomization);

    public static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file));

    public static IReadOnlyList<object> Parse(string yaml) => KubernetesYaml.LoadAllFromString(yaml, typeMap: null, strict: true);

    /// <summary>The one object of a type in a file.</summary>
    public static T The<T>(string file) => Assert.IsType<T>(Assert.Single(Parse(Read($"{Folder}/{file}"))));

    private static IEnumerable<string> Under(string folder) =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, folder), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(AppContext.BaseDirectory, file).Replace('\\', '/')).Order(StringComparer.Ordinal);
}
