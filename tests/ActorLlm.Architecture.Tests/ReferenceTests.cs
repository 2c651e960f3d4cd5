namespace ActorLlm.Architecture.Tests;

/// <summary>References run one way: Domain, Serialization, Cluster, Hosting, Gateway, Admin and RabbitMq, Node; Backends joins at Cluster.</summary>
public sealed class ReferenceTests
{
    // For each room: the rooms whose types it may use, and the libraries that it must not know.
    private static readonly Dictionary<string, (string[] Rooms, string[] Unknown)> Rules = new()
    {
        ["ActorLlm.Domain"] = ([], ["Akka", "Google.Protobuf", "System.Net.Http", "Microsoft"]),
        ["ActorLlm.Serialization"] = (["ActorLlm.Domain"], ["Microsoft.AspNetCore", "Akka.Persistence", "Akka.Cluster"]),
        ["ActorLlm.Telemetry"] = ([], ["Akka", "Google.Protobuf", "System.Net.Http", "Microsoft", "OpenTelemetry"]),
        ["ActorLlm.Backends"] = (["ActorLlm.Telemetry"], ["Akka", "Microsoft.AspNetCore"]),
        ["ActorLlm.Inspection"] = (["ActorLlm.Domain"], ["Akka", "Microsoft.AspNetCore", "Google.Protobuf"]),
        ["ActorLlm.Modules"] = (["ActorLlm.Domain"], ["Akka", "Microsoft.AspNetCore", "Google.Protobuf"]),
        ["ActorLlm.Cluster"] = (["ActorLlm.Modules", "ActorLlm.Domain", "ActorLlm.Serialization", "ActorLlm.Backends", "ActorLlm.Inspection", "ActorLlm.Telemetry"], ["Microsoft.AspNetCore", "OpenTelemetry"]),
        ["ActorLlm.Hosting"] = (["ActorLlm.Modules", "ActorLlm.Domain", "ActorLlm.Serialization", "ActorLlm.Backends", "ActorLlm.Inspection", "ActorLlm.Telemetry", "ActorLlm.Cluster"], ["Microsoft.AspNetCore", "OpenTelemetry"]),
        ["ActorLlm.Gateway"] = (["ActorLlm.Domain", "ActorLlm.Hosting", "ActorLlm.Telemetry"], ["Akka", "Google.Protobuf", "Npgsql", "OpenTelemetry"]),
        ["ActorLlm.Simulator"] = (["ActorLlm.Backends"], ["Akka"]),
        ["ActorLlm.Admin"] = (["ActorLlm.Domain", "ActorLlm.Inspection", "ActorLlm.Hosting"], ["Akka", "Google.Protobuf", "Npgsql"]),
        ["ActorLlm.RabbitMq"] = (["ActorLlm.Domain", "ActorLlm.Hosting"], ["Akka", "Google.Protobuf", "Npgsql", "Microsoft.AspNetCore"]),
        // Where pbm's packages are not at hand, what it uses of them comes from a project of the tests.
        ["ActorLlm.PetabridgeCmd"] = (["ActorLlm.Domain", "ActorLlm.Inspection", "ActorLlm.Hosting", "Petabridge.Cmd.Reference"], ["Microsoft.AspNetCore"]),
        // The composition root may name any room, but talks to the cluster through Hosting.
        ["ActorLlm.Node"] = (["ActorLlm.Domain", "ActorLlm.Backends", "ActorLlm.Cluster", "ActorLlm.Hosting", "ActorLlm.Gateway", "ActorLlm.Admin", "ActorLlm.RabbitMq", "ActorLlm.PetabridgeCmd"], ["Akka"]),
        ["ActorLlm.Processes"] = ([], ["Akka", "Microsoft.AspNetCore"]),
        // The checker shares no code with what it checks: of the system it knows the simulated model, which stands outside.
        ["ActorLlm.Chaos"] = (["ActorLlm.Processes", "ActorLlm.Backends"], ["Akka", "Microsoft.AspNetCore"]),
        ["ActorLlm.Cli"] = (["ActorLlm.Processes", "ActorLlm.Chaos", "ActorLlm.Inspection"], ["Akka", "Microsoft.AspNetCore"]),
    };

    public static TheoryData<string> Projects => [.. SourceTree.SourceProjects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_names_only_the_rooms_below_it(string project)
    {
        var rule = Rule(project);

        var named = SourceTree.ProjectReferences(project);

        Assert.Empty(named.Except(rule.Rooms));
        Assert.DoesNotContain(SourceTree.PackageReferences(project), package => IsUnknown(rule.Unknown, package));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Compiled_code_uses_only_the_rooms_below_it(string project)
    {
        var rule = Rule(project);

        var used = SourceTree.AssemblyReferences(project);

        Assert.NotEmpty(used);
        Assert.Empty(used.Where(assembly => assembly.StartsWith("ActorLlm.", StringComparison.Ordinal)).Except(rule.Rooms));
        Assert.DoesNotContain(used, assembly => IsUnknown(rule.Unknown, assembly));
    }

    [Fact]
    public void The_domain_uses_the_base_class_library_and_nothing_else()
    {
        Assert.Empty(SourceTree.PackageReferences("ActorLlm.Domain"));
        Assert.Empty(SourceTree.ProjectReferences("ActorLlm.Domain"));
        Assert.All(SourceTree.AssemblyReferences("ActorLlm.Domain"), assembly => Assert.True(SourceTree.IsBaseClassLibrary(assembly), assembly));
    }

    [Fact]
    public void The_check_can_tell_what_is_used()
    {
        // Were metadata read wrongly, every check above would pass on an empty list.
        Assert.Contains("Npgsql", SourceTree.AssemblyReferences("ActorLlm.Cli"));
        Assert.False(SourceTree.IsBaseClassLibrary("Npgsql"));
        Assert.True(IsUnknown(["Akka"], "Akka.Remote"));
        Assert.False(IsUnknown(["Akka"], "AkkaLike"));
    }

    private static (string[] Rooms, string[] Unknown) Rule(string project) =>
        Rules.TryGetValue(project, out var rule) ? rule : throw new InvalidOperationException($"{project} is new: say here what it may reference.");

    private static bool IsUnknown(string[] unknown, string name) =>
        unknown.Any(prefix => name == prefix || name.StartsWith(prefix + ".", StringComparison.Ordinal));
}
