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

    private static IEnumerable<string> WithAllBelow(string project) =>
        SourceTree.ProjectReferences(project).SelectMany(WithAllBelow).Append(project);
}
