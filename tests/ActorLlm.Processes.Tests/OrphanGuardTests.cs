
namespace ActorLlm.Processes.Tests;

public sealed class OrphanGuardTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorllm-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_disarmed_guard_does_nothing()
    {
        var mark = Path.Combine(_folder.FullName, "mark");
        var guard = OrphanGuard.Arm("touch \"$1\"", mark);

        guard.Disarm();
        guard.Disarm();

        Assert.False(File.Exists(mark));
    }
}
