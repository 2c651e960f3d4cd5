using Microsoft.Data.Sqlite;

namespace ActorLlm.Samples.Tests;

/// <summary>A temporary folder, which goes with this object.</summary>
internal sealed class Folder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorllm-sample-");

    public string FullName => _folder.FullName;

    public string Of(params string[] names) => Path.Combine([FullName, .. names]);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _folder.Delete(recursive: true);
    }
}
