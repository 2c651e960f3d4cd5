using System.Net;
using ActorLlm.Processes;
using ActorLlm.Testing;
using k8s.Models;

namespace ActorLlm.Deploy.Tests;

/// <summary>A real node with the settings of the manifests: it refuses a key that it does not know, and answers where the probes ask.</summary>
public sealed class SettingsTests
{
    private const string Placeholder = "CHANGE-ME";

    [Fact]
    public async Task A_node_starts_with_the_settings_of_the_manifests_and_answers_their_probes()
    {
        var node = Assert.Single(Manifests.The<V1StatefulSet>("statefulset.yaml").Spec.Template.Spec.Containers);
        var settings = Manifests.The<V1ConfigMap>("configmap.yaml").Data
            .Concat(Manifests.The<V1Secret>("secret.example.yaml").StringData)
            .ToDictionary(setting => setting.Key, setting => setting.Value.Replace($"sha256:{Placeholder}", new ApiKey().Hash, StringComparison.Ordinal));
        // What a machine without Kubernetes has otherwise: the database, the pod's address and its port.
        var port = LoopbackPorts.Free()[0];
        Assert.Contains(Placeholder, settings["ActorLlm__Postgres"], StringComparison.Ordinal);
        settings["ActorLlm__Postgres"] = await (await TestPostgres.SharedAsync()).CreateDatabaseAsync();
        settings["ActorLlm__Cluster__Port"] = $"{port}";
        settings["ActorLlm__Cluster__DnsNames"] = settings["ActorLlm__Cluster__DnsNames"].Replace("actorllm-nodes:4053", $"localhost:{port}", StringComparison.Ordinal);
        foreach (var name in node.Env.Select(env => env.Name)) settings[name] = "127.0.0.1";

        await using var process = await NodeProcess.StartReadyAsync(settings);

        using var client = new HttpClient { BaseAddress = process.Address };
        V1Probe[] probes = [node.ReadinessProbe, node.LivenessProbe, node.StartupProbe];
        foreach (var probe in probes)
        {
            Assert.Equal("http", probe.HttpGet.Port.Value);
            using var answer = await client.GetAsync(new Uri(probe.HttpGet.Path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }
}
