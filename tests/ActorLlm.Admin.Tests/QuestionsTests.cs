using System.Net;
using ActorLlm.Domain;
using ActorLlm.Hosting;
using ActorLlm.Inspection;

namespace ActorLlm.Admin.Tests;

public sealed class QuestionsTests
{
    [Fact]
    public async Task What_an_operator_asks_for_is_answered_as_the_contract_says()
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.Equal([FakeCluster.Node, FakeCluster.Other], (await admin.GetAsync<ClusterPicture>(AdminApi.Cluster)).Members.Select(member => member.Node));
        Assert.Equal(2, (await admin.GetAsync<ShardsPicture>(AdminApi.Shards)).Regions.Single().Shards.Single().Conversations);
        Assert.Equal(13, (await admin.GetAsync<CapacityPicture>(AdminApi.Capacity)).Wanted);
        Assert.Equal("503", (await admin.GetAsync<WorkersPicture>(AdminApi.Workers)).Workers.Single().Backends.Single().LastError);
        Assert.Equal("It is there.", (await admin.GetAsync<DoctorReport>(AdminApi.Doctor)).Findings.Single().Message);
        Assert.Equal("no", (await admin.GetAsync<ConversationPicture>($"{AdminApi.Conversation}?id=default/talk")).Turns.Single().Reason);
        Assert.Equal(TurnState.Failed, (await admin.GetAsync<TurnLife>($"{AdminApi.Explain}?conversation=default/talk&turn=t1")).State);
        Assert.Equal("Refund 500?", (await admin.GetAsync<ApprovalsPicture>(AdminApi.Approvals)).Approvals.Single().Question);
        Assert.Empty((await admin.GetAsync<ApprovalsPicture>($"{AdminApi.Approvals}?tenant=acme")).Approvals);
        Assert.Empty(admin.Audit.Rows);
    }

    [Fact]
    public async Task A_page_of_conversations_is_asked_for_as_the_query_says()
    {
        await using var admin = await AdminHost.StartAsync();

        var page = await admin.GetAsync<ConversationPage>($"{AdminApi.Conversations}?tenant=acme&before=44&limit=1000");

        Assert.Equal(new ConversationFilter("acme", 44, 1000), admin.Cluster.Asked);
        Assert.Equal(17, page.Next);
        await admin.GetAsync<ConversationPage>(AdminApi.Conversations);
        Assert.Equal(new ConversationFilter(null, null, 100), admin.Cluster.Asked);
    }

    [Theory]
    [InlineData("/admin/v1/conversations?limit=0", "limit is '0'; allowed is a whole number from 1 to 1000")]
    [InlineData("/admin/v1/conversations?limit=ten", "limit is 'ten'")]
    [InlineData("/admin/v1/conversations?before=-1", "before is '-1'")]
    [InlineData("/admin/v1/conversations?tennant=a", "'tennant' is not known; expected are tenant, before, limit")]
    [InlineData("/admin/v1/conversations?tenant=a/b", "a tenant has no slash")]
    [InlineData("/admin/v1/conversations?limit=1&limit=2", "limit was sent 2 times")]
    [InlineData("/admin/v1/cluster?x=1", "none is expected here")]
    [InlineData("/admin/v1/conversation", "id is missing; expected is a conversation, written tenant/name")]
    [InlineData("/admin/v1/conversation?id=talk", "'talk', which is no conversation")]
    [InlineData("/admin/v1/explain?conversation=default/talk", "The turn is missing")]
    [InlineData("/admin/v1/explain?conversation=default/talk&turn=a%20b", "U+0020")]
    [InlineData("/admin/v1/audit?limit=1001", "allowed is a whole number from 1 to 1000")]
    public async Task A_question_that_is_not_understood_is_refused_with_what_was_expected(string path, string words)
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.Contains(words, await (await admin.Client.GetAsync(path)).ErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/admin/v1/conversation?id=default/talc", "There is no conversation default/talc. 'actorllm conversations list' (GET /admin/v1/conversations) tells which")]
    [InlineData("/admin/v1/explain?conversation=default/talc&turn=t1", "There is no conversation default/talc.")]
    [InlineData("/admin/v1/explain?conversation=default/talk&turn=t2", "has no turn t2; its latest are t1.")]
    [InlineData("/admin/v1/explain?turn=lost-key", "x-actorllm-turn")]
    [InlineData("/admin/v1/clusters", "/admin/v1/cluster, ")]
    [InlineData("/", "/admin/v1/cluster, ")]
    public async Task What_does_not_exist_is_said_with_what_does(string path, string words)
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.Contains(words, await (await admin.Client.GetAsync(path)).ErrorAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_is_told_from_a_wrong_question()
    {
        await using var admin = await AdminHost.StartAsync(new FakeCluster { Trouble = new ConversationsUnavailableException("The database does not answer.", TimeSpan.FromSeconds(2)) });

        var answer = await admin.Client.GetAsync(AdminApi.Cluster);

        Assert.StartsWith("The database does not answer.", await answer.ErrorAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task What_nobody_foresaw_is_an_error_of_the_contract_and_is_logged()
    {
        await using var admin = await AdminHost.StartAsync(new FakeCluster { Trouble = new InvalidOperationException("Odd.") });

        Assert.Contains("Odd.", await (await admin.Client.GetAsync(AdminApi.Cluster)).ErrorAsync(HttpStatusCode.InternalServerError), StringComparison.Ordinal);
        Assert.Contains(admin.Log.Lines, line => line.Text == $"The admin request GET {AdminApi.Cluster} failed.");
    }

    [Fact]
    public async Task A_wrong_method_is_refused_with_the_right_one()
    {
        await using var admin = await AdminHost.StartAsync();

        var answer = await admin.Client.GetAsync(AdminApi.Leave);

        Assert.Contains("allowed is POST", await answer.ErrorAsync(HttpStatusCode.MethodNotAllowed), StringComparison.Ordinal);
        Assert.Equal(["POST"], answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_turn_is_found_by_the_ids_that_the_http_face_gave_out()
    {
        var (cluster, turn, chat) = (new FakeCluster(), TurnId.Parse("key-of-a-client"), ConversationId.Of("acme", "talk"));
        cluster.Turns[(chat, turn)] = TurnState.Committed;
        cluster.Turns[(Ids.ConversationOf("acme", turn), turn)] = TurnState.Running;
        await using var admin = await AdminHost.StartAsync(cluster);

        Assert.Equal(TurnState.Committed, (await ExplainAsync($"turn={ResponseId.Of(chat, turn)}&tenant=acme")).State);
        Assert.Equal(TurnState.Committed, (await ExplainAsync($"turn={Uri.EscapeDataString(TurnHeader.Of(chat, turn))}")).State);
        Assert.Equal(TurnState.Running, (await ExplainAsync($"turn={turn}&tenant=acme")).State);

        Task<TurnLife> ExplainAsync(string query) => admin.GetAsync<TurnLife>($"{AdminApi.Explain}?{query}");
    }

    [Theory]
    [InlineData("chatcmpl-0123456789abcdef0123456789abcdef", "is a hash: neither conversation nor turn can be read from it. Give the value of the header x-actorllm-turn")]
    [InlineData("resp_nothing", "of a response that was not stored")]
    public async Task An_id_that_tells_no_turn_says_what_to_send_instead(string id, string words)
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.Contains(words, await (await admin.Client.GetAsync($"{AdminApi.Explain}?turn={id}")).ErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }
}
