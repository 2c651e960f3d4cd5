using System.Runtime.CompilerServices;
using ActorLlm.Modules;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Hosting.Tests.Steps;

/// <summary>What the modules of a test do, by their names.</summary>
internal sealed class ModuleScripts : Dictionary<string, Func<ModuleTurn, CancellationToken, Task<string>>>
{
    /// <summary>Adds all of them to a host.</summary>
    public void AddTo(IServiceCollection services, int concurrency = 64)
    {
        services.AddSingleton(this);
        foreach (var name in Keys) services.AddModule<ScriptedModule>(name, module => module.Concurrency = concurrency);
    }
}

/// <summary>A module that replies what its script gives.</summary>
internal sealed class ScriptedModule(ModuleScripts scripts) : IModule
{
    public async IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return ModuleReply.Text(await scripts[turn.Module](turn, cancellationToken));
        yield return ModuleReply.End();
    }
}

/// <summary>Short words for turns of modules.</summary>
internal static class ModuleTurns
{
    public static TurnRequest To(string module, string conversation, string text = "go")
    {
        var request = Turns.Turn(conversation, "1", text);
        return request with { Content = request.Content with { Model = module } };
    }

    public static string Prompt(this ModuleTurn turn) => turn.Content.Messages[^1].Text;
}
