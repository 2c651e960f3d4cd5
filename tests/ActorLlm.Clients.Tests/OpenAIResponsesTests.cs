// The client marks its Responses API as one that may still change.
#pragma warning disable OPENAI001
using System.ClientModel;
using System.ClientModel.Primitives;
using ActorLlm.Clients.Tests.Support;
using OpenAI.Responses;

namespace ActorLlm.Clients.Tests;

/// <summary>The Responses API, by NuGet's OpenAI.</summary>
public sealed class OpenAIResponsesTests
{
    [Fact]
    public async Task A_response_is_made_streamed_read_elsewhere_and_deleted()
    {
        var cluster = await ClientsCluster.SharedAsync();
        var client = Client(cluster.Nodes[0]);

        ResponseResult made = await client.CreateResponseAsync(ClientsCluster.Model, "nuget-responses [[reply tokens=7]]");
        ResponseResult read = await Client(cluster.Nodes[1]).GetResponseAsync(made.Id);
        var streamed = new System.Text.StringBuilder();
        await foreach (var update in client.CreateResponseStreamingAsync(ClientsCluster.Model, "nuget-responses [[reply tokens=7]]"))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate delta) streamed.Append(delta.Delta);
        }

        Assert.Equal(ResponseStatus.Completed, made.Status);
        Assert.Equal(7, made.Usage.OutputTokenCount);
        Assert.Equal(made.GetOutputText(), read.GetOutputText());
        Assert.Equal(made.GetOutputText(), streamed.ToString());
        Assert.True((await Client(cluster.Nodes[2]).DeleteResponseAsync(made.Id)).Value.Deleted);
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => client.GetResponseAsync(made.Id))).Status);
    }

    [Fact]
    public async Task A_response_in_the_background_is_taken_up_at_another_node_where_its_stream_was_left()
    {
        var cluster = await ClientsCluster.SharedAsync();
        var options = new CreateResponseOptions(
            ClientsCluster.Model, [ResponseItem.CreateUserMessageItem("nuget-resume [[reply tokens=40 inter=40 vary]]")])
        {
            BackgroundModeEnabled = true,
            StreamingEnabled = true,
        };
        var (text, id, last) = (new System.Text.StringBuilder(), "", 0);
        await foreach (var update in Client(cluster.Nodes[0]).CreateResponseStreamingAsync(options))
        {
            last = update.SequenceNumber;
            if (update is StreamingResponseCreatedUpdate created) id = created.Response.Id;
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text.Append(delta.Delta);
            if (text.Length >= 20) break;
        }

        ResponseResult? whole = null;
        await foreach (var update in Client(cluster.Nodes[1]).GetResponseStreamingAsync(new GetResponseOptions(id) { StreamingEnabled = true, StartingAfter = last }))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text.Append(delta.Delta);
            if (update is StreamingResponseCompletedUpdate completed) whole = completed.Response;
        }

        Assert.Equal(whole!.GetOutputText(), text.ToString());
        Assert.Equal(1, (await cluster.CallsAsync("nuget-resume")).Started);
    }

    [Fact]
    public async Task A_call_of_a_tool_is_answered_by_the_next_response()
    {
        var cluster = await ClientsCluster.SharedAsync();
        var tool = ResponseTool.CreateFunctionTool("lookup", BinaryData.FromString("""{"type":"object","properties":{"what":{"type":"string"}}}"""), strictModeEnabled: false);
        var asked = new CreateResponseOptions(ClientsCluster.Model, [ResponseItem.CreateUserMessageItem("nuget-tool [[reply call=lookup]]")]) { Tools = { tool } };
        ResponseResult called = await Client(cluster.Nodes[0]).CreateResponseAsync(asked);
        var call = Assert.IsType<FunctionCallResponseItem>(Assert.Single(called.OutputItems));

        var answer = new CreateResponseOptions(ClientsCluster.Model, [ResponseItem.CreateFunctionCallOutputItem(call.CallId, "found")])
        {
            PreviousResponseId = called.Id,
            Tools = { tool },
        };
        ResponseResult done = await Client(cluster.Nodes[1]).CreateResponseAsync(answer);

        Assert.Equal("lookup", call.FunctionName);
        Assert.Equal(ResponseStatus.Completed, done.Status);
        Assert.NotEmpty(done.GetOutputText());
    }

    private static ResponsesClient Client(Uri node) =>
        new(new ApiKeyCredential("unused"), new ResponsesClientOptions { Endpoint = node, RetryPolicy = new ClientRetryPolicy(0) });
}
