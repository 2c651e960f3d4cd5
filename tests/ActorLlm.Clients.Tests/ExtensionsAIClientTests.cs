using ActorLlm.Clients.Tests.Clients;
using ActorLlm.Clients.Tests.Contracts;

namespace ActorLlm.Clients.Tests;

public sealed class ExtensionsAIClientTests() : ReplyContract(new ExtensionsAI());

public sealed class ExtensionsAIClientFailureTests() : FailureContract(new ExtensionsAI());

public sealed class ExtensionsAIClientContentTests() : ContentContract(new ExtensionsAI());

public sealed class ExtensionsAIClientFaultTests() : FaultContract(new ExtensionsAI());
