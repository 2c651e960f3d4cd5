using ActorLlm.Backends.Simulation;
using ActorLlm.Modules;
using CustomerService;

namespace ActorLlm.Samples.Tests;

public sealed class SupportModuleTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly Orders _orders;
    private readonly SupportModule _module;
    private readonly FakeSteps _steps = new();
    private readonly SimulatorCalls _calls = new();

    public SupportModuleTests()
    {
        var database = new ShopDatabase(_folder.Of("shop.db"));
        var knowledge = new KnowledgeBase(database);
        knowledge.Load(SampleProgram.FileOf("CustomerService", "articles"));
        _orders = new Orders(database);
        _orders.Add("4711", "Mug set", 24.90m, "delivered");
        _orders.Add("4712", "Mixer", 189.00m, "delivered");
        _module = new SupportModule(knowledge, _orders);
    }

    public void Dispose() => _folder.Dispose();

    private Task<string> AskAsync(string text)
    {
        var options = new SimulatorOptions { Replies = SampleProgram.FileOf("CustomerService", "replies.json") };
        var model = new SimulatorChatClient(new SimulatorEngine(options, TimeProvider.System, _calls));
        return ModuleRun.TextAsync(_module, ModuleRun.Turn(SupportModule.Name, model, _steps, text));
    }

    [Fact]
    public async Task A_small_refund_is_paid_without_an_approval()
    {
        Assert.StartsWith("Done: the 24.90 EUR", await AskAsync("It is order 4711."), StringComparison.Ordinal);
        Assert.Equal(24.90m, _orders.Refunded("4711"));
        Assert.Empty(_steps.Questions);
    }

    [Fact]
    public async Task A_large_refund_waits_for_an_approval_and_then_goes_on_without_asking_the_model_what_it_has_decided()
    {
        await Assert.ThrowsAsync<Waiting>(() => AskAsync("It is order 4712."));
        Assert.Equal("Refund 189.00 EUR of order 4712?", Assert.Single(_steps.Questions).Value);
        Assert.Equal(0m, _orders.Refunded("4712"));
        var asked = _calls.Started;

        _steps.Decide(StepOutcome.Granted, "");

        Assert.StartsWith("A colleague has approved it", await AskAsync("It is order 4712."), StringComparison.Ordinal);
        Assert.Equal(189.00m, _orders.Refunded("4712"));
        Assert.Equal(asked + 1, _calls.Started);
    }

    [Fact]
    public async Task A_refund_that_is_not_approved_is_not_paid_and_the_model_is_told_why()
    {
        await Assert.ThrowsAsync<Waiting>(() => AskAsync("It is order 4712."));
        _steps.Decide(StepOutcome.Refused, "No photo.");

        Assert.StartsWith("A colleague has looked at it", await AskAsync("It is order 4712."), StringComparison.Ordinal);
        Assert.Equal(0m, _orders.Refunded("4712"));
    }

    [Fact]
    public async Task A_refund_whose_outcome_was_lost_is_asked_for_again_and_paid_once()
    {
        _steps.LoseOutcomeOf = "refund-2-1";
        await Assert.ThrowsAsync<Waiting>(() => AskAsync("It is order 4711."));
        Assert.Equal(24.90m, _orders.Refunded("4711"));

        Assert.StartsWith("Done: the 24.90 EUR", await AskAsync("It is order 4711."), StringComparison.Ordinal);
        Assert.Equal(24.90m, _orders.Refunded("4711"));
        Assert.Empty(_steps.Questions);
    }

    [Fact]
    public async Task Refunds_of_one_order_that_come_to_more_than_the_limit_need_an_approval_too()
    {
        _orders.Add("4713", "Pan", 60.00m, "delivered");
        _orders.Refund("earlier", "4713", 40);
        var model = new ScriptedModel("""{"refund":{"order":"4713","amount":20}}""");

        await Assert.ThrowsAsync<Waiting>(() => ModuleRun.TextAsync(_module, ModuleRun.Turn(SupportModule.Name, model, _steps, "And 20 for the lid?")));

        Assert.Equal("Refund 20.00 EUR of order 4713?", Assert.Single(_steps.Questions).Value);
    }
}
