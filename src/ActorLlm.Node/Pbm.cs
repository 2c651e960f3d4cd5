#if PETABRIDGE_CMD
using ActorLlm.PetabridgeCmd;
#endif

namespace ActorLlm.Node;

/// <summary>Petabridge's pbm, where the node was built with it (<c>-p:PetabridgeCmd=true</c>).</summary>
internal static class Pbm
{
    /// <summary>Opens pbm's port, or says why a setting for it does nothing.</summary>
    public static void UsePbm(this WebApplicationBuilder builder)
    {
#if PETABRIDGE_CMD
        builder.AddActorLlmPetabridgeCmd();
#else
        if (builder.Configuration.GetSection("ActorLlm:PetabridgeCmd").GetChildren().Any())
            Console.Error.WriteLine("actorllm-node: ActorLlm:PetabridgeCmd is set, but this node was built without pbm; build it with -p:PetabridgeCmd=true.");
#endif
    }
}
