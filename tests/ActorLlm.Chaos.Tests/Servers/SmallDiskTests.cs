using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Tests.Servers;

/// <summary>A test that mounts a file system: skipped with its reason where the machine cannot.</summary>
public sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute() => Skip = SmallDisk.Missing() is { } missing ? $"Needs {missing}." : null;
}

public sealed class SmallDiskTests
{
    [SmallDiskFact]
    public async Task It_has_no_room_while_it_is_filled_and_is_gone_afterwards()
    {
        string root;
        await using (var disk = await SmallDisk.CreateAsync(CancellationToken.None))
        {
            root = disk.Root;
            var file = Path.Combine(root, "file");
            await disk.FillAsync(CancellationToken.None);
            await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(file, new byte[2 << 20]));

            disk.Relieve();

            await File.WriteAllBytesAsync(file, new byte[2 << 20]);
        }
        Assert.False(Directory.Exists(Path.GetDirectoryName(root)));
    }
}
