namespace ActorLlm.Samples.Tests;

/// <summary>The recorded runs on a sample's page: its blocks of text, without the commands.</summary>
internal static class Page
{
    public static IReadOnlyList<string[]> RunsOf(string sample)
    {
        var runs = new List<string[]>();
        var lines = File.ReadAllLines(Path.Combine(SampleProgram.Root, "samples", sample, "README.md"));
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at] != "```text") continue;
            var end = Array.IndexOf(lines, "```", at + 1);
            runs.Add([.. lines[(at + 1)..end].Where(line => !line.StartsWith("$ ", StringComparison.Ordinal))]);
            at = end;
        }

        return runs;
    }
}
