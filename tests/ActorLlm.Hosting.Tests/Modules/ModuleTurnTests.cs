using ActorLlm.Backends;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests.Modules;

/// <summary>Turns that modules answer, through the whole stack of one node whose worker has one place for chats.</summary>
public sealed class ModuleTurnTests : IAsyncLifetime
{
    private const string Png = "data:image/png;base64,iVBORw0KGgo=";

    private readonly ModuleWorld _world = new("one", new Gate());
    private readonly ScriptedChatClient _blind = ScriptedChatClient.Echo(node: "blind");
    private readonly ScriptedChatClient _seeing = ScriptedChatClient.Echo(node: "seeing");
    private TestHost _host = null!;

    private IConversations Conversations => _host.Conversations;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(
        ScriptedChatClient.Echo(),
        configure: options =>
        {
            options.Worker.Concurrency = 1;
            options.Conversations = new ConversationPolicy { RetryMin = TimeSpan.FromMilliseconds(10), RetryMax = TimeSpan.FromMilliseconds(20) };
        },
        services: services => services
            .AddSingleton(_world)
            .AddModule<Telling>("telling")
            .AddModule<Asking>("asking")
            .AddModule<Failing>("failing", module => module.Timeout = TimeSpan.FromMilliseconds(300))
            .AddModule<Deaf>("deaf", module => (module.Concurrency, module.Timeout) = (1, TimeSpan.FromMilliseconds(200)))
            .AddBackend("blind", _ => _blind, ["words", "both"], backend => backend.Images = false)
            .AddBackend("seeing", _ => _seeing, ["both"]));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Its_text_is_seen_as_it_grows_and_the_reply_is_in_its_name()
    {
        var (seen, all) = Conversations.StreamAsync(To("telling", "grow", "1", "wait for it")).Watch();
        await Eventually.HoldsAsync("its first words", () => seen.SoFar() == "telling on one: ");
        _world.Gate.Open();

        var end = (await all.InTime()).EndOf();
        Assert.False(end.Diverged);
        Assert.Equal("telling on one: wait for it", end.Answer.ReplyText());
        var reply = ((Outcome.Committed)end.Answer.Outcome).Reply;
        Assert.Equal(("telling", "module:telling"), (reply.Model, reply.Backend));
    }

    [Fact]
    public async Task It_sees_the_conversation_whoever_answered_before()
    {
        await Conversations.CompleteAsync(Turn("mixed", "1", "first")).InTime();

        var settled = await Conversations.CompleteAsync(To("asking", "mixed", "2", "second")).InTime();

        Assert.Equal("echo: second", settled.ReplyText());
        var reply = ((Outcome.Committed)settled.Outcome).Reply;
        Assert.Equal((3, 2), (reply.Usage.InputTokens, reply.Usage.OutputTokens));
    }

    [Theory]
    [InlineData("throw", FailureKind.Module, 3, "The module 'failing' threw InvalidOperationException; the log of the worker's node has the details.")]
    [InlineData("hang", FailureKind.Module, 3, "The module 'failing' did not end within 00:00:00.3000000 and was stopped.")]
    [InlineData("nothing", FailureKind.Module, 3, "The module 'failing' answered with nothing.")]
    [InlineData("half", FailureKind.Module, 3, "The module 'failing' ended without a finish reason: its reply may be cut short.")]
    [InlineData("refuse", FailureKind.Content, 1, "The module 'failing' refused the request: no date")]
    public async Task One_that_fails_ends_its_turn_after_few_attempts_and_says_why(string how, FailureKind kind, int attempts, string reason)
    {
        var settled = await Conversations.CompleteAsync(To("failing", $"fail-{how}", "1", how)).InTime();

        Assert.Equal(new Outcome.Failed(kind, reason), settled.Outcome);
        Assert.Equal(attempts, settled.Attempts);
    }

    [Fact]
    public async Task One_that_does_not_return_holds_up_neither_chats_nor_other_modules_and_goes_on_when_it_has()
    {
        var hello = To("deaf", "deaf", "1", "hello");
        await Conversations.SubmitAsync(hello);
        var stuck = Conversations.CompleteAsync(hello);
        await Eventually.HoldsAsync("its first attempt is given up", async () =>
            await Conversations.GetAsync(ConversationId.Of("deaf"), TurnId.Parse("1")) is TurnPending { FailedAttempts: > 0 });

        Assert.Equal("echo: chat", (await Conversations.CompleteAsync(Turn("chat", "1", "chat")).InTime()).ReplyText());
        Assert.Equal("telling on one: module", (await Conversations.CompleteAsync(To("telling", "module", "1", "module")).InTime()).ReplyText());

        Assert.False(stuck.IsCompleted);
        _world.Gate.Open();
        Assert.Equal("at last", (await stuck.InTime()).ReplyText());
    }

    [Fact]
    public async Task A_model_that_does_not_exist_is_refused_before_the_turn_is_accepted()
    {
        const string expected = "The model 'nonesuch' does not exist: no backend and no module has this name. Known are scripted-model, words, both, asking, deaf, failing, telling.";
        var request = To("nonesuch", "unknown", "1", "x");

        Assert.Equal(expected, (await Assert.ThrowsAsync<TurnRejectedException>(() => Conversations.SubmitAsync(request))).Message);
        Assert.Equal(expected, (await Assert.ThrowsAsync<TurnRejectedException>(() => Conversations.CompleteAsync(request))).Message);
        Assert.Equal(expected, (await Assert.ThrowsAsync<TurnRejectedException>(async () => await Conversations.StreamAsync(request).ToArrayAsync())).Message);
        var chat = _host.Services.GetRequiredService<IChatClient>();
        Assert.Equal(RejectionCode.Invalid, (await Assert.ThrowsAsync<TurnRejectedException>(() => chat.GetResponseAsync("x", new ChatOptions { ModelId = "nonesuch" }))).Code);
        Assert.False((await Conversations.GetAsync(ConversationId.Of("unknown"))).Exists);
    }

    [Fact]
    public async Task One_is_not_called_for_what_nobody_stores()
    {
        var direct = _host.Services.GetRequiredService<IDirectCalls>();

        var refused = await Assert.ThrowsAsync<TurnRejectedException>(async () => await direct.StreamAsync(TurnContent.Of("x") with { Model = "telling" }).ToArrayAsync());

        Assert.Equal("The module 'telling' answers turns that are stored, and no others; leave out \"store\": false.", refused.Message);
    }

    [Fact]
    public async Task An_image_is_refused_for_a_model_of_which_no_backend_takes_any()
    {
        const string expected = "The model 'words' takes no images: no backend that serves it does. Send text, or name a model that takes images.";

        Assert.Equal(expected, (await Assert.ThrowsAsync<TurnRejectedException>(() => Conversations.CompleteAsync(Look("words", "blind", "1")))).Message);
        var direct = _host.Services.GetRequiredService<IDirectCalls>();
        Assert.Equal(expected, (await Assert.ThrowsAsync<TurnRejectedException>(async () => await direct.StreamAsync(Look("words", "blind", "1").Content).ToArrayAsync())).Message);
    }

    [Fact]
    public async Task An_image_goes_to_the_backend_that_takes_it_and_so_do_later_turns_about_it()
    {
        foreach (var n in Enumerable.Range(0, 8))
        {
            await Conversations.CompleteAsync(Look("both", $"look-{n}", "1")).InTime();
            await Conversations.CompleteAsync(To("both", $"look-{n}", "2", "And now?")).InTime();
        }

        Assert.Empty(_blind.Log.All);
        Assert.Equal(16, _seeing.Calls);
        Assert.Contains(_seeing.Log.Of("And now?")[0].Messages[0].Contents, content => content is DataContent);
    }

    [Fact]
    public async Task A_model_that_takes_no_images_may_go_on_with_a_conversation_that_has_some()
    {
        await Conversations.CompleteAsync(Look("both", "go-on", "1")).InTime();

        Assert.Equal("echo: And now?", (await Conversations.CompleteAsync(To("words", "go-on", "2", "And now?")).InTime()).ReplyText());
        var shown = Assert.Single(_blind.Log.All).Messages[0].Contents;
        Assert.Equal(["Look:", "[an image, which is not shown to this model]"], shown.Select(content => Assert.IsType<TextContent>(content).Text));
    }

    private static TurnRequest To(string model, string conversation, string turn, string text)
    {
        var request = Turn(conversation, turn, text);
        return request with { Content = request.Content with { Model = model } };
    }

    private static TurnRequest Look(string model, string conversation, string turn)
    {
        var request = To(model, conversation, turn, "Look:");
        return request with { Content = request.Content with { Messages = [new Message(Role.User, "Look:") { Images = [new ImagePart(5, Png, "")] }] } };
    }
}
