namespace ActorLlm.Cli.Tests.Fakes;

/// <summary>An output that does something when it is given a text.</summary>
internal sealed class Noticing(Func<string, bool> isIt, Action act) : StringWriter
{
    public override void Write(string? value)
    {
        base.Write(value);
        if (value is not null && isIt(value)) act();
    }
}
