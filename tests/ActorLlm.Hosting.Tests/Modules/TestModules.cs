using System.Runtime.CompilerServices;
using ActorLlm.Modules;
using Microsoft.Extensions.AI;

namespace ActorLlm.Hosting.Tests.Modules;

/// <summary>What the modules of a test share.</summary>
/// <param name="Node">Where they run.</param>
/// <param name="Gate">Holds modules back that wait for it.</param>
internal sealed record ModuleWorld(string Node, Gate Gate);

/// <summary>Says where it runs and what it was asked, in pieces, waiting for the gate between them where it is asked to.</summary>
internal sealed class Telling(ModuleWorld world) : IModule
{
    public async IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = turn.Content.Messages[^1].Text;
        yield return ModuleReply.Text($"{turn.Module} on {world.Node}: ");
        if (asked.StartsWith("wait", StringComparison.Ordinal)) await world.Gate.PassAsync(cancellationToken);
        yield return ModuleReply.Text(asked);
        yield return ModuleReply.End();
    }
}

/// <summary>Asks the backends what it was asked, with the history.</summary>
internal sealed class Asking : IModule
{
    public IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, CancellationToken cancellationToken) =>
        turn.Client.GetStreamingResponseAsync(turn.Messages, turn.Options, cancellationToken);
}

/// <summary>Fails in the way that it is asked to.</summary>
internal sealed class Failing : IModule
{
    public async IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        switch (turn.Content.Messages[^1].Text)
        {
            case "throw":
                throw new InvalidOperationException("secret");
            case "hang":
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case "refuse":
                throw new ContentRefusedException("no date");
            case "half":
                yield return ModuleReply.Text("half");
                break;
        }
    }
}

/// <summary>Heeds nothing but the gate.</summary>
internal sealed class Deaf(ModuleWorld world) : IModule
{
    public async IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await world.Gate.PassAsync(CancellationToken.None);
        yield return ModuleReply.Text("at last");
        yield return ModuleReply.End();
    }
}
