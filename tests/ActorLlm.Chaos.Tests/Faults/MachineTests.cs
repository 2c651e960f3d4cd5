using ActorLlm.Chaos.Faults;

namespace ActorLlm.Chaos.Tests.Faults;

public sealed class MachineTests : IDisposable
{
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void What_the_machine_cannot_inject_is_left_out_and_named_when_nothing_was_asked_for_by_name()
    {
        var kinds = Machine.Choose(asked: null, NoNamespaces, _output);

        Assert.Contains(kinds, kind => kind.Name == "kill");
        Assert.DoesNotContain(kinds, kind => kind.Group == "partition");
        Assert.Equal("Left out, as this machine lacks root: kill-before-accept, kill-after-accept, kill-before-commit, kill-after-commit, kill-at-call, kill-mid-stream, isolate, split, deaf, mute, flapping.", _output.ToString().TrimEnd());
    }

    [Fact]
    public void What_was_asked_for_and_cannot_be_injected_is_refused_with_what_is_missing_and_what_can()
    {
        var asked = FaultCatalog.Parse("kill,split", out _);

        var problem = Assert.Throws<UserErrorException>(() => Machine.Choose(asked, NoNamespaces, _output));

        Assert.StartsWith("split: this machine lacks root. Provide it, or leave these faults out: --faults kill,kill-all,", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("partition", problem.Message, StringComparison.Ordinal);
    }

    private static string? NoNamespaces(Needs needs) => needs.HasFlag(Needs.Namespaces) ? "root" : null;
}
