using ActorLlm.Simulation;

return SimulateCommand.Run(args, Console.Out, Console.Error);
