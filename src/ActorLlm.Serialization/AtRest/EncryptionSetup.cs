using Akka.Actor;
using Akka.Actor.Setup;

namespace ActorLlm.Serialization.AtRest;

/// <summary>Gives an actor system the cipher of what it stores.</summary>
public sealed class EncryptionSetup(ContentCipher cipher) : Setup
{
    /// <summary>The cipher.</summary>
    public ContentCipher Cipher { get; } = cipher;

    /// <summary>An actor system's cipher; one without keys where it was given none.</summary>
    public static ContentCipher Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.Settings.Setup.Get<EncryptionSetup>() is { HasValue: true } setup ? setup.Value.Cipher : ContentCipher.None;
    }
}
