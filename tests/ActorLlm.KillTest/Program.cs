using ActorLlm.KillTest;

return await KillTestCommand.RunAsync(args, Console.Out, Console.Error);
