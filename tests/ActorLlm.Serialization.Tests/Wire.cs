using Akka.Actor;

namespace ActorLlm.Serialization.Tests;

/// <summary>The real serializer, outside of any configuration.</summary>
internal static class Wire
{
    private static readonly Lazy<ActorLlmSerializer> Lazily = new(() => new ActorLlmSerializer((ExtendedActorSystem)ActorSystem.Create("wire")));

    public static ActorLlmSerializer Serializer => Lazily.Value;

    public static byte[] Write(object value) => Serializer.ToBinary(value);

    public static object Read(byte[] bytes, string manifest) => Serializer.FromBinary(bytes, manifest);

    public static T Through<T>(T value) where T : notnull => (T)Read(Write(value), Serializer.Manifest(value));
}
