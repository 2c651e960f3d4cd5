using ActorLlm.Cli.Admin;
using ActorLlm.Inspection;

namespace ActorLlm.Cli.Talk;

/// <summary>Cancels turns of a chat at the admin endpoint: the HTTP face has no way to cancel a chat's turn.</summary>
/// <param name="client">The admin endpoint.</param>
internal sealed class Canceller(AdminClient client)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Cancels a turn.</summary>
    /// <param name="turn">Its name, as the node that took it told it.</param>
    /// <returns>Null where it has no reply to come any more; else why it could not be cancelled.</returns>
    public async Task<string?> TryCancelAsync(string turn)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await client.PostAsync(AdminApi.Cancel, new TurnOrder(turn), TimeSpan.Zero, limit.Token);
            return null;
        }
        catch (UserErrorException problem)
        {
            return problem.Message;
        }
        catch (OperationCanceledException)
        {
            return $"The admin endpoint did not answer within {Patience.TotalSeconds:0} s.";
        }
    }
}
