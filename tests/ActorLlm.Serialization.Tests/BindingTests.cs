using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;

namespace ActorLlm.Serialization.Tests;

/// <summary>The serializer as a node binds it: by configuration, with nothing else allowed.</summary>
public sealed class BindingTests(BindingTests.Node node) : IClassFixture<BindingTests.Node>
{
    private readonly ActorSystem _system = node.System;

    public static TheoryData<string> Manifests => RoundTripTests.Manifests;

    [Theory]
    [MemberData(nameof(Manifests))]
    public void Each_type_in_the_table_goes_through_this_serializer_and_no_other(string manifest)
    {
        var value = GoldenValues.All.First(golden => golden.Manifest == manifest).Value;
        var serializer = Assert.IsType<ActorLlmSerializer>(_system.Serialization.FindSerializerFor(value));
        var bytes = serializer.ToBinary(value);

        var read = _system.Serialization.Deserialize(bytes, ActorLlmSerializer.Id, manifest);

        Assert.Equal(bytes, serializer.ToBinary(read));
    }

    [Fact]
    public void A_type_outside_the_table_is_refused_and_not_turned_into_JSON()
    {
        var error = Record.Exception(() => _system.Serialization.FindSerializerFor(new NobodyKnows("x")));

        Assert.NotNull(error);
        Assert.Contains(nameof(NobodyKnows), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_manifest_is_a_serialization_error() =>
        Assert.Throws<SerializationException>(() => _system.Serialization.Deserialize([], ActorLlmSerializer.Id, "zz9"));

    private static Config Hocon()
    {
        var bindings = string.Join('\n', ActorLlmSerializer.Types.Select(type => $"\"{type.FullName}, {type.Assembly.GetName().Name}\" = actorllm"));
        return ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            akka.actor {
              serialization-settings.allow-unregistered-types = off
              serializers.actorllm = "{{typeof(ActorLlmSerializer).FullName}}, ActorLlm.Serialization"
              serialization-bindings {
                {{bindings}}
              }
              serialization-identifiers {
                "{{typeof(ActorLlmSerializer).FullName}}, ActorLlm.Serialization" = {{ActorLlmSerializer.Id}}
              }
            }
            """);
    }

    public sealed class Node : IAsyncLifetime
    {
        public ActorSystem System { get; } = ActorSystem.Create("binding", Hocon());

        public Task InitializeAsync() => Task.CompletedTask;

        public Task DisposeAsync() => System.Terminate();
    }

    private sealed record NobodyKnows(string What);
}
