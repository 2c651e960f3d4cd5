using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;
using Recommendation;

namespace ActorLlm.Samples.Tests;

public class RecommendModuleTests
{
    private const string Good =
        """{"items":[{"product":"a","reason":"it is the first"},{"product":"b","reason":"it is the second"},{"product":"c","reason":"it is the third"}]}""";

    private static readonly Product[] Catalogue = [.. "abcd".Select(letter => new Product($"{letter}", $"Thing {letter}", "things", 1))];

    private static Task<string> RunAsync(ScriptedModel model, params Behaviour[] behaviours) =>
        ModuleRun.TextAsync(new RecommendModule(Catalogue), ModuleRun.Turn(RecommendModule.Name, model, new FakeSteps(), "Recommend 3.") with
        {
            History =
            [
                .. behaviours.Select(behaviour => new Exchange(TurnId.Parse(behaviour.Id), [new Message(Role.User, behaviour.ToString())], Reply: null)),
                new Exchange(TurnId.Parse("earlier"), [new Message(Role.User, "Recommend 3.")], new Reply(Good, "m", "b", "stop", new Usage(1, 1))),
            ],
        });

    private static Behaviour Viewed(string product) => new($"e-{product}", "ada", Deed.View, product);

    [Fact]
    public async Task An_answer_that_fits_is_the_reply_and_the_model_is_asked_once_in_the_form_of_the_schema()
    {
        var model = new ScriptedModel(Good);

        Assert.Equal(Good, await RunAsync(model, Viewed("a")));
        Assert.Contains("ada: view a", model.Prompts.Single(), StringComparison.Ordinal);
        Assert.IsType<ChatResponseFormatJson>(model.Options.Single()!.ResponseFormat);
    }

    [Fact]
    public async Task An_answer_that_does_not_fit_is_asked_for_again_with_what_is_wrong_with_it()
    {
        var model = new ScriptedModel("Take a!", Good);

        Assert.Equal(Good, await RunAsync(model, Viewed("a")));
        Assert.Equal(2, model.Prompts.Count);
        Assert.StartsWith("That answer cannot be used: it is not JSON.", model.Prompts[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_three_answers_that_do_not_fit_it_fails_and_says_why()
    {
        var model = new ScriptedModel("a", "b", "c", Good);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(model, Viewed("a")));

        Assert.Equal("The model gave no ranking that can be used in 3 answers; of the last: it is not JSON.", failure.Message);
        Assert.Equal(3, model.Prompts.Count);
    }

    [Fact]
    public async Task A_shopper_of_whom_too_little_is_known_is_a_clear_failure_without_a_call_of_the_model()
    {
        var model = new ScriptedModel(Good);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(model));

        Assert.Contains("tells too little: 0 products fit what was done; 3 are needed", failure.Message, StringComparison.Ordinal);
        Assert.Empty(model.Prompts);
    }
}
