using System.Data.Common;

namespace ActorLlm.Cluster.Persistence;

/// <summary>
/// Asks the database whether it answers. However many ask at once or within <see cref="Fresh"/>, one question is put to it, over one
/// connection that is kept: a probe that anyone may call must not become load.
/// </summary>
/// <param name="settings">The database.</param>
/// <param name="time">The clock.</param>
public sealed class JournalProbe(JournalSettings settings, TimeProvider time) : IDisposable
{
    /// <summary>Age up to which an answer is given again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    /// <summary>A database that takes longer does not answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly DbDataSource _source = settings.CreateDataSource();
    private readonly Lock _gate = new();
    private Task<bool>? _answer;
    private long _askedAt;

    /// <summary>Whether the database answers and has the tables.</summary>
    public Task<bool> AnswersAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_answer is null || (_answer.IsCompleted && time.GetElapsedTime(_askedAt) >= Fresh))
            {
                _askedAt = time.GetTimestamp();
                _answer = AskAsync();
            }

            return _answer.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private async Task<bool> AskAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            // The token alone is not enough: SQLite works before it first awaits and does not look at it, and a driver may miss it while it connects.
            await Task.Run(() => QueryAsync(patience.Token), patience.Token).WaitAsync(patience.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception)
        {
            // Whatever the driver throws: there was no answer.
            return false;
        }
    }

    private async Task QueryAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT count(*) FROM actorllm_watermark");
        await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }
}
