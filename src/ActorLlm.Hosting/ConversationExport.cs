using System.Runtime.CompilerServices;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Inspection;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting;

/// <summary>Reads conversations from the journal, whatever node they live on.</summary>
internal sealed class ConversationExport(ClusterAsk cluster, ClusterDoor door, IOptions<ActorLlmOptions> options) : IConversationExport, IDisposable
{
    private const int Connections = 2;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly RecoveryReader _reader = new(options.Value.Journal().WithPoolOf(Connections));

    public async Task<IConversationReading?> OpenAsync(ConversationId conversation, CancellationToken cancellationToken = default)
    {
        await cluster.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var reading = await ConversationReading.OpenAsync(_reader, door.System!.Serialization, conversation, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            return reading is null ? null : new Reading(reading);
        }
        catch (Exception error) when (DatabaseLoss.IsMeantBy(error))
        {
            throw Unavailable(error);
        }
    }

    public void Dispose() => _reader.Dispose();

    private static ConversationsUnavailableException Unavailable(Exception error) =>
        new($"The database did not answer: {error.Message.ReplaceLineEndings(" ")}", RetryAfter);

    private sealed class Reading(ConversationReading reading) : IConversationReading
    {
        public ExportedConversation Head => reading.Head;

        public async IAsyncEnumerable<ExportedTurn> TurnsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await using var turns = reading.TurnsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await turns.MoveNextAsync().ConfigureAwait(false)) yield break;
                }
                catch (Exception error) when (DatabaseLoss.IsMeantBy(error))
                {
                    throw Unavailable(error);
                }

                yield return turns.Current;
            }
        }
    }
}
