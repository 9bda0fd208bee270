using System.CommandLine;
using System.CommandLine.Help;
using RoomWs.Bench;
using RoomWs.Bench.Micro;
using RoomWs.Bench.Servers;

// BenchmarkDotNet has a command line of its own.
if (args is ["micro", ..]) return MicroBenchmarks.Run(args[1..]);

// The other processes of the load test are this program, too.
if (args is ["peer", "signalr"])
{
    await SignalRPeer.RunAsync();
    return 0;
}

var root = new Command("bench", "Benchmarks of RoomWs. Without a command, load is meant; micro [ARG...] runs the BenchmarkDotNet ones.")
{
    new HelpOption(),
    LoadCommand.Create(args),
};
string[] command = args is [] || (args[0].StartsWith('-') && args[0] is not ("-h" or "--help")) ? ["load", .. args] : args;
return root.Parse(command).Invoke();
