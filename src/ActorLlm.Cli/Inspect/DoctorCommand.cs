using System.CommandLine;
using System.Text.Json;
using ActorLlm.Cli.Admin;
using ActorLlm.Cli.Doctor;
using ActorLlm.Cli.Talk;
using ActorLlm.Cli.Terminals;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Inspect;

/// <summary><c>actorllm doctor</c>: what a node finds, and what only its clients can see.</summary>
internal static class DoctorCommand
{
    public static Command Create(AdminLine line, FaceLine face)
    {
        var command = face.Reaches(line.Shows(new Command(
            "doctor", "Looks for what is wrong: asks a node for its findings, and adds what is seen from here. Ends with 1 where something is bad.")));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = line.Client(parsed);
            var (report, problem) = await AskAsync(client, line, parsed, cancellationToken);
            var urls = face.Urls(parsed);
            var findings = new List<Finding>(report.Findings);
            foreach (var url in urls) findings.Add(await ClientChecks.FaceAsync(url, face.Key, cancellationToken));
            foreach (var url in urls.Concat(line.Urls(parsed)).Where(url => url.Scheme == Uri.UriSchemeHttps)) findings.Add(await ClientChecks.CertificateAsync(url, line.Terminal.Time, cancellationToken));
            if (line.Key(parsed) is not null) findings.AddRange(line.Urls(parsed).Where(ClientChecks.ShowsKey).Select(ClientChecks.OpenKey));
            var whole = report with { Findings = findings };
            if (line.WantsJson(parsed)) line.Terminal.Output.WriteLine(JsonSerializer.Serialize(whole, AdminApi.Json));
            else line.Terminal.Show(DoctorText.Of(whole, line.View(parsed)));
            return problem?.ExitCode ?? (findings.Any(finding => finding.Severity == Severity.Bad) ? ExitCode.Failure : ExitCode.Success);
        });
        return command;
    }

    /// <summary>The node's findings with those that need its answer; where it gives none, that is the finding.</summary>
    private static async Task<(DoctorReport Report, UserErrorException? Problem)> AskAsync(
        AdminClient client, AdminLine line, ParseResult parsed, CancellationToken cancellationToken)
    {
        try
        {
            var asked = line.Terminal.Time.GetUtcNow();
            var report = (await client.GetAsync(AdminApi.Doctor, cancellationToken)).Read<DoctorReport>();
            var answered = line.Terminal.Time.GetUtcNow();
            var cluster = (await client.GetAsync(AdminApi.Cluster, cancellationToken)).Read<ClusterPicture>();
            return (report with
            {
                Findings =
                [
                    .. report.Findings, new Finding("admin endpoint", Severity.Good, $"{report.Node} answers", ""),
                    ClientChecks.Clock(report.Time, asked, answered), ClientChecks.Version(cluster), .. await ClientChecks.PortsAsync(cluster, cancellationToken),
                ],
            }, null);
        }
        catch (UserErrorException problem)
        {
            var remedy = $"Without it only what is seen from here can be looked at. It is {string.Join(", ", line.Urls(parsed))}.";
            // Each address has a line of its own in the problem, and so it has here.
            var findings = problem.Message.Split(Environment.NewLine, StringSplitOptions.TrimEntries).Select(text => new Finding("admin endpoint", Severity.Bad, text, remedy));
            return (new DoctorReport("", line.Terminal.Time.GetUtcNow(), [.. findings]), problem);
        }
    }
}
