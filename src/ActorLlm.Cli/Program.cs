using ActorLlm.Cli;
using ActorLlm.Cli.Terminals;

return await CommandLine.RunAsync(args, Terminal.OfProcess());
