using System.Globalization;

namespace ActorLlm.Chaos.Resumption;

/// <summary>Rounds of streams, of which each loses one node, until enough of those that the node had were resumed.</summary>
/// <param name="options">What is asked for.</param>
/// <param name="output">Where progress is told.</param>
internal sealed class ResumeRun(ResumeOptions options, TextWriter output)
{
    private const int StreamsOfRound = 60;
    private const int MostChunksBeforeTheKill = 15;

    // The others stay, and see how the server goes on by itself.
    private const double ShareThatHangsUp = 0.75;

    private static readonly TimeSpan BeginDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly LostRole[] Roles = Enum.GetValues<LostRole>();
    private static readonly HttpClient Http = new(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout }) { Timeout = Timeout.InfiniteTimeSpan };

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly TextWriter _output = TextWriter.Synchronized(output);
    private readonly Dictionary<LostRole, int> _kills = Roles.ToDictionary(role => role, _ => 0);
    private readonly List<StreamOutcome> _streams = [];

    private ResumeResult Result(long begun) => new(options, _kills, _streams, _time.GetElapsedTime(begun));

    /// <summary>Runs to the result. Everything started is ended, whatever happens.</summary>
    /// <exception cref="UserErrorException">Something could not be started, or a node did not come back.</exception>
    public async Task<ResumeResult> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("actorllm-resume-");
        var random = new Random(options.Seed);
        await using var nodes = await ResumeNodes.StartAsync(folder.FullName, _time, _output, cancellationToken);
        var begun = _time.GetTimestamp();
        for (var round = 1; !Result(begun).IsComplete && !Result(begun).Mismatches.Any(); round++)
        {
            var role = Roles.Where(role => Result(begun).Resumed(role) < options.Times).MinBy(role => _kills[role]);
            await RoundAsync(nodes, role, round, random, cancellationToken);
            await _output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{_time.GetElapsedTime(begun).TotalSeconds,5:0} s  round {round}: lost a {role.ToString().ToLowerInvariant()}; resumed so far {string.Join(", ", Roles.Select(one => $"{one.ToString().ToLowerInvariant()} {Result(begun).Resumed(one)}"))}"));
        }

        var result = Result(begun);
        if (result.Passed)
        {
            await nodes.DisposeAsync();
            folder.Delete(recursive: true);
        }
        else
        {
            await _output.WriteLineAsync($"The nodes' logs are in {folder.FullName}.");
        }

        return result;
    }

    private async Task RoundAsync(ResumeNodes nodes, LostRole role, int round, Random random, CancellationToken cancellationToken)
    {
        var victim = nodes.Pick(role, random);
        var chunks = random.Next(3, MostChunksBeforeTheKill + 1);
        Uri[] gateways = [.. nodes.Gateways.Select(node => node.Address)];
        var streams = Enumerable.Range(0, StreamsOfRound)
            .Select(n => new ResumingStream(Http, $"resume-{options.Seed}-{round}-{n}", n % 2 == 0 ? gateways : [.. gateways.Reverse()], _time)).ToArray();
        using var deadline = new CancellationTokenSource(BeginDeadline + EndDeadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var begun = streams.Select(stream => stream.BegunAsync(chunks)).ToArray();
        var reading = streams.Select(stream => stream.ReadToEndAsync(either.Token)).ToArray();
        await Task.WhenAll(begun).WaitAsync(BeginDeadline, _time, cancellationToken);

        var had = streams.Where(stream => !stream.HasEnded && (role != LostRole.Gateway || stream.Gateway == victim.Address)).ToHashSet();
        await nodes.KillAsync(victim);
        _kills[role]++;
        had.RemoveWhere(stream => stream.HasEnded);
        foreach (var stream in had)
        {
            stream.NoteLoss();
            if (role != LostRole.Gateway && random.NextDouble() < ShareThatHangsUp)
                stream.HangUp();
        }

        await Task.WhenAll(reading);
        cancellationToken.ThrowIfCancellationRequested();
        await nodes.MendAsync(cancellationToken);
        var calls = await nodes.Model.ReadCallsAsync(cancellationToken);
        foreach (var stream in streams)
        {
            // Of the two workers, a stream's was the one that is gone when the model was called for it again.
            var cut = had.Contains(stream) && (role != LostRole.Worker || calls.ByTurn[stream.Key].Started > 1);
            var mismatch = stream.Problem ?? Difference(stream.Text, await stream.CommittedAsync(cancellationToken));
            _streams.Add(new StreamOutcome(role, stream.Key, cut, stream.Resumptions > 0, stream.Gap, mismatch));
        }
    }

    /// <summary>What differs between the text that was read and the reply; null for nothing.</summary>
    internal static string? Difference(string read, string? committed)
    {
        if (committed is null) return "the committed reply cannot be had";
        if (read == committed) return null;
        var same = read.Zip(committed).TakeWhile(pair => pair.First == pair.Second).Count();
        return string.Create(CultureInfo.InvariantCulture, $"read {read.Length} characters and committed are {committed.Length}; they differ from character {same} on: '{Around(read, same)}' instead of '{Around(committed, same)}'");
    }

    private static string Around(string text, int at) => text[Math.Max(0, at - 10)..Math.Min(text.Length, at + 20)];
}
