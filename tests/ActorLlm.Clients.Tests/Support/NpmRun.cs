using System.Diagnostics;
using System.Text.Json;

namespace ActorLlm.Clients.Tests.Support;

/// <summary>What a program under <c>npm/</c> said.</summary>
/// <param name="Known">The names of the checks that it has.</param>
/// <param name="Outcomes">By check: null when it held, else the error.</param>
/// <param name="Rest">What else it wrote.</param>
internal sealed record NpmRun(IReadOnlyList<string> Known, IReadOnlyDictionary<string, string?> Outcomes, string Rest)
{
    /// <summary>Fails with the program's words where a check did not hold.</summary>
    public void AssertHeld(string check)
    {
        Assert.True(Outcomes.TryGetValue(check, out var error), $"The program said nothing of '{check}'. It wrote:\n{Rest}");
        Assert.True(error is null, error);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="arguments">The command line after <c>node</c>.</param>
    /// <param name="onLine">Called for each line of JSON that is not the outcome of a check.</param>
    public static async Task<NpmRun> RunAsync(IEnumerable<string> arguments, Action<JsonElement>? onLine)
    {
        var info = new ProcessStartInfo("node", arguments)
        {
            // It ends with this process, as it sees the end of its input then.
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // Clients take keys, addresses and tracing from variables of the user's.
        info.Environment.Clear();
        info.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var (known, outcomes, rest) = (Array.Empty<string>(), new Dictionary<string, string?>(), new List<string>());
        while (await process.StandardOutput.ReadLineAsync() is { } text)
        {
            if (!text.StartsWith('{'))
                rest.Add(text);
            else if (JsonDocument.Parse(text).RootElement is var line && line.TryGetProperty("check", out var check))
                outcomes.Add(check.GetString()!, line.GetProperty("ok").GetBoolean() ? null : line.GetProperty("error").GetString());
            else if (line.TryGetProperty("checks", out var names))
                known = names.Deserialize<string[]>()!;
            else
                onLine?.Invoke(line);
        }
        rest.Add(await errors);
        await process.WaitForExitAsync();
        return new NpmRun(known, outcomes, string.Join('\n', rest));
    }
}
