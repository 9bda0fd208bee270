using System.CommandLine;
using System.CommandLine.Help;
using RoomWs.Bench;
using RoomWs.Bench.Micro;
using RoomWs.Bench.Servers;

// Not a System.CommandLine command: BenchmarkDotNet parses its own arguments.
if (args is ["micro", ..]) return MicroBenchmarks.Run(args[1..]);

// The load test starts this program again as the SignalR server.
if (args is ["peer", "signalr"])
{
    await SignalRPeer.RunAsync();
    return 0;
}

// And as a server of RoomWs that there is no setting for.
if (args is ["peer", "without-batches"])
{
    await NodeWithoutBatches.RunAsync();
    return 0;
}

var root = new Command("bench", "Benchmarks of RoomWs. Without a command, load is meant; micro [ARG...] runs the BenchmarkDotNet ones.")
{
    new HelpOption(),
    LoadCommand.Create(args),
};
string[] command = args is [] || (args[0].StartsWith('-') && args[0] is not ("-h" or "--help")) ? ["load", .. args] : args;
return root.Parse(command).Invoke();
