using System.Diagnostics;

namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>How long a process has worked, and when it was looked at.</summary>
internal sealed record WorkMark(TimeSpan Cpu, long At);

/// <summary>What went by between two looks: time, and what the process has worked in it.</summary>
internal sealed record WorkSpan(TimeSpan Time, TimeSpan Cpu)
{
    /// <summary>
    /// What of the time can be the process's own making. On a machine that has much else to do the time is longer than that; where the process works on several
    /// processors at once, its work is.
    /// </summary>
    public TimeSpan OwnMaking => Time < Cpu ? Time : Cpu;

    /// <summary>How many processors it took.</summary>
    public double Share => Cpu / Time;
}

/// <summary>Looks at how long a process has worked.</summary>
internal sealed class ServerWork(int processId) : IDisposable
{
    private readonly Process _process = Process.GetProcessById(processId);
    private readonly Lock _gate = new();

    public WorkMark Now
    {
        get
        {
            lock (_gate)
            {
                _process.Refresh();
                return new WorkMark(_process.TotalProcessorTime, TimeProvider.System.GetTimestamp());
            }
        }
    }

    public WorkSpan Since(WorkMark mark)
    {
        var now = Now;
        return new WorkSpan(TimeProvider.System.GetElapsedTime(mark.At, now.At), now.Cpu - mark.Cpu);
    }

    public void Dispose() => _process.Dispose();
}
