using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorLlm.Cli.Tests.Up;

public sealed class UpCommandTests
{
    [Theory]
    [InlineData("--nodes 0", "--nodes is '0': give a whole number from 1 to 9.")]
    [InlineData("--nodes 10", "--nodes is '10': give a whole number from 1 to 9.")]
    [InlineData("--nodes three", "--nodes is 'three': give a whole number from 1 to 9.")]
    [InlineData("--http-port 65536", "--http-port is '65536': give a whole number from 1 to 65535.")]
    [InlineData("--http-port 65534", "--http-port is 65534: 3 nodes need 3 ports up from it, so give at most 65533.")]
    [InlineData("--http-port 4055", "--http-port 4055 and --cluster-port 4053 overlap: 3 nodes need 3 ports up from each.")]
    [InlineData("--admin-port 0", "--admin-port is '0': give a whole number from 1 to 65535.")]
    [InlineData("--admin-port 8082", "--http-port 8080 and --admin-port 8082 overlap: 3 nodes need 3 ports up from each.")]
    [InlineData("--backend-url localhost:1234", "--backend-url is 'localhost:1234': give an absolute http or https address")]
    [InlineData("--model gpt", "--backend-url and --model go together")]
    [InlineData("--backend-url http://127.0.0.1:1/v1", "--backend-url and --model go together")]
    [InlineData("--postgres Username=me", "--postgres names no Host: give a connection string such as")]
    [InlineData("--postgres postgres://me:secret@db/x", "--postgres cannot be read: give 'key=value;' pairs")]
    [InlineData("--node 3", "'--node'")]
    public async Task A_wrong_option_is_refused_with_its_value_and_what_is_allowed(string options, string message)
    {
        var (exitCode, output, error) = await RunAsync(["up", .. options.Split(' ')]);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret@", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task A_port_in_use_is_named_before_anything_is_started()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        var (exitCode, output, error) = await RunAsync(["up", "--nodes", "1", "--http-port", port]);

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Equal($"actorllm: Port {port} is in use by another program: end that one, or name another first port with --http-port.", error.Trim());
        Assert.Empty(output);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_named_without_its_password()
    {
        var ports = LoopbackPorts.Free(4);
        var (exitCode, _, error) = await RunAsync([
            "up", "--nodes", "1", "--http-port", $"{ports[0]}", "--cluster-port", $"{ports[1]}", "--admin-port", $"{ports[3]}",
            "--postgres", $"Host=127.0.0.1;Port={ports[2]};Username=me;Password=hidden;Database=orders"]);

        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.Contains($"(host 127.0.0.1, port {ports[2]}, database orders) cannot be used", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_named()
    {
        var ports = LoopbackPorts.Free(3);
        var file = Path.GetTempFileName();
        var folder = Path.Combine(file, "up");

        var (exitCode, _, error) = await RunAsync(["up", "--nodes", "1", "--http-port", $"{ports[0]}", "--cluster-port", $"{ports[1]}", "--admin-port", $"{ports[2]}", "--data", folder]);

        File.Delete(file);
        Assert.Equal(ExitCode.Failure, exitCode);
        Assert.StartsWith($"actorllm: The folder of --data, {folder}, cannot be made", error, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exitCode = await CommandLine.RunAsync(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
