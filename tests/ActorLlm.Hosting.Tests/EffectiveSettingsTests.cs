using ActorLlm.Cluster;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorLlm.Hosting.Tests;

public class EffectiveSettingsTests
{
    [Theory]
    [InlineData("base.conf")]
    [InlineData("journal.conf")]
    public async Task Every_setting_of_the_files_is_in_force_in_a_running_node(string file)
    {
        await using var host = await TestHost.StartAsync(ScriptedChatClient.Echo());
        var asked = ConfigurationFactory.ParseString(Text(file)).Root.GetObject();
        var inForce = host.System.Settings.Config;

        string[] overruled = [.. Leaves(asked, "")
            .Where(leaf => !inForce.HasPath(leaf.Path) || Plain(inForce.GetValue(leaf.Path)) != Plain(leaf.Value))
            .Select(leaf => $"{leaf.Path} is {(inForce.HasPath(leaf.Path) ? Plain(inForce.GetValue(leaf.Path)) : "not set")}, not {Plain(leaf.Value)}")];

        Assert.Empty(overruled);
    }

    private static string Text(string file)
    {
        using var reader = new StreamReader(typeof(ActorLlmConfig).Assembly.GetManifestResourceStream("hocon/" + file)!);
        return reader.ReadToEnd();
    }

    private static string Plain(HoconValue value) => value.IsArray() ? string.Join(',', value.GetStringList()) : value.GetString();

    private static IEnumerable<(string Path, HoconValue Value)> Leaves(HoconObject parent, string prefix)
    {
        foreach (var (key, value) in parent.Items)
        {
            var path = prefix + (key.Contains('.', StringComparison.Ordinal) ? $"\"{key}\"" : key);
            if (value.IsObject())
            {
                foreach (var leaf in Leaves(value.GetObject(), path + ".")) yield return leaf;
            }
            else
            {
                yield return (path, value);
            }
        }
    }
}
