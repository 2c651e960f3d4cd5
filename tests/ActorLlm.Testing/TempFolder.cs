namespace ActorLlm.Testing;

/// <summary>An empty temporary folder, which goes with this object.</summary>
public sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorllm-test-");

    /// <summary>Its full path.</summary>
    public string FullName => _folder.FullName;

    /// <summary>The path of something in it.</summary>
    public string Of(params string[] names) => Path.Combine([FullName, .. names]);

    /// <summary>Deletes it with all that is in it. A database file that is still open goes on without a name.</summary>
    public void Dispose()
    {
        _folder.Refresh();
        if (_folder.Exists)
            _folder.Delete(recursive: true);
    }
}
