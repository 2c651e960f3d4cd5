namespace ActorLlm.Samples.Tests;

/// <summary>The samples as a reader starts them, each in a process of its own: what their pages show is what they do.</summary>
public class ScriptedRunTests
{
    [Fact]
    public async Task Customer_service_answers_refunds_and_keeps_an_approval_over_its_restart_as_its_page_shows()
    {
        using var folder = new Folder();
        var shown = Page.RunsOf("CustomerService");

        Assert.Equal(shown[0], await SampleProgram.RunAsync("CustomerService", folder, SampleProgram.FileOf("CustomerService", "customer-1.txt")));
        Assert.Equal(shown[1], await SampleProgram.RunAsync("CustomerService", folder, SampleProgram.FileOf("CustomerService", "customer-2.txt")));
    }

    [Fact]
    public async Task Recommendation_ranks_asks_again_and_fails_clearly_as_its_page_shows()
    {
        using var folder = new Folder();
        var shown = Assert.Single(Page.RunsOf("Recommendation"));

        Assert.Equal(shown, await SampleProgram.RunAsync("Recommendation", folder));
        // The second time nothing is added and the model is not asked: the same turns have the same outcomes.
        Assert.Equal(shown, await SampleProgram.RunAsync("Recommendation", folder));
    }

    [Fact]
    public async Task Risk_control_finds_the_alerts_that_its_page_shows()
    {
        using var folder = new Folder();
        var shown = Page.RunsOf("RiskControl")[0];

        var lines = await SampleProgram.RunAsync("RiskControl", folder);

        // Accounts are judged side by side, so that only the report has its place.
        Assert.Equal(shown.Order(), lines.Order());
        Assert.Equal(shown[^8..], lines[^8..]);
    }
}
