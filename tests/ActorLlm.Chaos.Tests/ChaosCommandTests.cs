using System.CommandLine;

namespace ActorLlm.Chaos.Tests;

public sealed class ChaosCommandTests
{
    [Theory]
    [InlineData("--minutes 0", "--minutes is '0': give a number from 0.1 to 1440.")]
    [InlineData("--minutes ten", "--minutes is 'ten': give a number from 0.1 to 1440.")]
    [InlineData("--conversations 5001", "--conversations is '5001': give a number from 10 to 5000.")]
    [InlineData("--seed -1", "--seed is '-1': give a number from 0 to 2147483647.")]
    [InlineData("--nodes 2", "--nodes is '2': give a number from 3 to 9.")]
    [InlineData("--faults kill,flood", "--faults: there is no fault 'flood': give some of kill,")]
    [InlineData("--node 3", "'--node'")]
    [InlineData("--cluster http://a:1", "--cluster needs the database too")]
    [InlineData("--cluster a --postgres Host=b", "--cluster is 'a': give addresses such as http://host1:8080")]
    [InlineData("--cluster http://a:1 --postgres Hast=b", "--postgres cannot be read")]
    [InlineData("--cluster http://a:1 --postgres Host=b --nodes 3", "--nodes says how many nodes are started")]
    [InlineData("--cluster http://a:1 --postgres Host=b --faults kill", "kill, kill-oldest cannot be injected into a cluster that was not started here: give some of db-terminate, command, upgrade, none.")]
    [InlineData("--from nowhere.dll", "--from is 'nowhere.dll', which is not there: give the path of another build's ActorLlm.Node.dll.")]
    [InlineData("--cluster http://a:1 --postgres Host=b --from nowhere.dll", "--from says as what nodes are started, and with --cluster none is: leave one of them out.")]
    [InlineData("--cluster http://a:1 --postgres Host=b --faults command", "--faults command needs a program: give it with --fault-command.")]
    [InlineData("--cluster http://a:1 --postgres Host=b --fault-command /nowhere/x", "--fault-command is '/nowhere/x', which is not there")]
    [InlineData("--cluster http://a:1 --postgres Host=b --api-key gr\u00fcn", "--api-key, or ACTORLLM_API_KEY, has a character at position 2 that no key has")]
    [InlineData("--api-key sk-al-x", "--api-key describes a running cluster: give its nodes with --cluster too.")]
    [InlineData("--faults command", "give --cluster, --postgres and --fault-command too.")]
    [InlineData("--postgres Host=b", "--postgres describes a running cluster: give its nodes with --cluster too.")]
    public void A_wrong_option_is_refused_with_its_value_and_what_is_allowed(string options, string message)
    {
        var parsed = new RootCommand { ChaosCommand.Create() }.Parse($"chaos {options}");

        Assert.Contains(parsed.Errors, error => error.Message.Contains(message, StringComparison.Ordinal));
    }
}
