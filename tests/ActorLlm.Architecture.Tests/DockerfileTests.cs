namespace ActorLlm.Architecture.Tests;

public sealed class DockerfileTests
{
    [Fact]
    public void The_image_restores_every_project_that_the_node_is_built_of()
    {
        var dockerfile = File.ReadAllText(Path.Combine(SourceTree.Root, "docker", "Dockerfile"));
        var needed = WithAllBelow("ActorLlm.Node").Distinct().ToArray();

        Assert.Contains("ActorLlm.Domain", needed);
        Assert.All(needed, project => Assert.Contains($"COPY src/{project}/{project}.csproj src/{project}/\n", dockerfile, StringComparison.Ordinal));
    }

    // What stands in for packages that cannot be restored is under tests/ and goes into no image.
    private static IEnumerable<string> WithAllBelow(string project) =>
        SourceTree.ProjectReferences(project).Intersect(SourceTree.SourceProjects).SelectMany(WithAllBelow).Append(project);
}
