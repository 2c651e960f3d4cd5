using System.Diagnostics;
using ActorLlm.Testing;

namespace ActorLlm.Hosting.Tests;

public class EmbeddedSampleTests
{
    [Fact]
    public async Task The_sample_answers_and_another_process_goes_on_with_its_conversation()
    {
        using var folder = new TempFolder();

        var first = await RunAsync(folder.FullName, "My name is Ada.");
        var conversation = NameIn(first).Replace("conversation: ", "", StringComparison.Ordinal);
        var second = await RunAsync(folder.FullName, "What is my name?", conversation);

        Assert.Equal(NameIn(first), NameIn(second));
        await using var host = await TestHost.StartAsync(
            ScriptedChatClient.Echo(), configure: options => options.Sqlite = folder.Of("data", "actorllm.db"));
        var view = await host.Conversations.GetAsync(Domain.ConversationId.Of(conversation));
        Assert.Equal(["My name is Ada.", "What is my name?"], view.History.Select(exchange => exchange.Messages[^1].Text));
        Assert.Equal([first[0], second[0]], view.History.Select(exchange => exchange.Reply!.Text));
    }

    private static string NameIn(string[] output) => Assert.Single(output, line => line.StartsWith("conversation: ", StringComparison.Ordinal));

    private static async Task<string[]> RunAsync(string folder, params string[] arguments)
    {
        // The output folder ends in bin/<configuration>/<framework>, for the sample as for these tests.
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var root = here;
        while (!File.Exists(Path.Combine(root.FullName, "ActorLlm.sln"))) root = root.Parent ?? throw new DirectoryNotFoundException("There is no ActorLlm.sln above.");
        var program = Path.Combine(root.FullName, "samples", "Embedded", "bin", here.Parent!.Name, here.Name, "Embedded.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ActorLlm__", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(name);
        start.Environment["ActorLlm__Backends__sim__Type"] = "Simulator";
        start.Environment["ActorLlm__Backends__sim__Models"] = "simulated";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().InTime();
        Assert.True(process.ExitCode == 0, $"It ended with {process.ExitCode}: {await errors} {await output}");
        return (await output).TrimEnd().Split('\n');
    }
}
