using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace RoomWs.Server.Transport;

/// <summary>
/// Has Kestrel take its buffers from the pool of the runtime. Its own keeps every block that was ever in use at one time, pinned, long
/// after thousands of clients have come at once; the runtime's lets go of what is more than a few.
/// </summary>
internal sealed class TrimmedMemoryPool : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => MemoryPool<byte>.Shared;
}
