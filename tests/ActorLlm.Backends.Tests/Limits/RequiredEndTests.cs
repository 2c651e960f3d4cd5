using ActorLlm.Backends.Tests.Support;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Tests.Limits;

public class RequiredEndTests
{
    private static IChatClient Client(params ChatResponseUpdate[] updates) =>
        new ChatClientBuilder(new ScriptedChatClient((_, _) => updates.ToAsyncEnumerable())).UseRequiredEnd().Build();

    [Fact]
    public async Task An_answer_with_a_finish_reason_passes_unchanged()
    {
        IChatClient client = Client(ScriptedChatClient.Text("whole"), ScriptedChatClient.End);
        Observation stream = await Observation.OfStream(client, "x");
        Observation plain = await Observation.OfPlain(client, "x");
        Assert.Equal(("whole", "stop", null), (stream.Text, stream.FinishReason, stream.Failure));
        Assert.Equal(("whole", "stop", null), (plain.Text, plain.FinishReason, plain.Failure));
    }

    [Fact]
    public async Task A_finish_reason_before_the_last_update_counts()
    {
        var usage = new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails())]);
        Assert.Null((await Observation.OfStream(Client(ScriptedChatClient.Text("a"), ScriptedChatClient.End, usage), "x")).Failure);
    }

    [Fact]
    public async Task An_answer_without_one_is_a_failure_of_the_provider()
    {
        foreach (IChatClient client in (IChatClient[])[Client(), Client(ScriptedChatClient.Text("half"))])
        {
            Assert.Equal(BackendFailureKind.Provider, (await Observation.OfStream(client, "x")).Failure?.Kind);
            Assert.Equal(BackendFailureKind.Provider, (await Observation.OfPlain(client, "x")).Failure?.Kind);
        }
    }
}
