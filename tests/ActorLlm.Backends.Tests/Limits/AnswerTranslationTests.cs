using ActorLlm.Backends.Tests.Support;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Tests.Limits;

public class AnswerTranslationTests
{
    public static TheoryData<Exception, BackendFailureKind> Exceptions => new()
    {
        { new InvalidOperationException("an element of another type"), BackendFailureKind.Provider },
        { new ArgumentOutOfRangeException("value"), BackendFailureKind.Provider },
        { new FormatException(), BackendFailureKind.Provider },
        { new KeyNotFoundException(), BackendFailureKind.Provider },
        { new ObjectDisposedException("client"), BackendFailureKind.Content },
        { new ArgumentException("a content that the client cannot send"), BackendFailureKind.Content },
        { new NotSupportedException(), BackendFailureKind.Content },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public async Task What_a_parser_stumbles_over_is_the_providers_fault_and_a_mistaken_call_is_not(Exception thrown, BackendFailureKind kind)
    {
        IChatClient client = new ChatClientBuilder(new ScriptedChatClient((_, _) => Failing(thrown))).UseAnswerTranslation().Build();
        Assert.Equal(kind, (await Observation.OfStream(client, "x")).Failure?.Kind);
        Assert.Equal(kind, (await Observation.OfPlain(client, "x")).Failure?.Kind);
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Failing(Exception exception)
    {
        await Task.Yield();
        yield return ScriptedChatClient.Text("x");
        throw exception;
    }
}
